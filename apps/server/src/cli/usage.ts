export const usage = `Usage: pnpm taskmaster COMMAND

  migrate up                 apply what is pending
  migrate down [n]           undo the last migration, or the last n
  migrate to base            undo all migrations
  migrate current            show the last one applied
  migrate history            show all, the pending ones too

  audit verify               check every row of the activity log against its chain, what is kept beside the rows against the
                             digests in them (names and IP addresses, but for those of the erased), and the chains against
                             the signed heads. Lines that are gone from the end of their file show by the number and the
                             signature of the newest, which it prints: the server's log has the same for each
  audit sign                 sign the heads of the chains now; a server does so every hour, and at its stop

  users create-admin --email EMAIL --username NAME [--password PASSWORD]
  users list [--json]
  users set-role USER ROLE   ROLE is user or admin
  users deactivate USER      ends all sessions of the user
  users erase USER [--keep-teams]
                             takes the person out of the account, for good: names, e-mail address, password, sessions, and
                             what the activity log knew of their names and IP addresses. What they did stays, under an id; so
                             do the texts that they and others wrote, and IP addresses that a version before migration 0007
                             wrote into the activity log: they are part of what its chain proves. Answers kept for repeated
                             requests (Idempotency-Key) go after 24 hours.
                             Who owns teams is refused: delete them first, or keep them under an owner without a name, whom
                             only an admin can stand in for
  users reset-password USER [--password PASSWORD]
                             ends all sessions of the user

USER is an e-mail address, a username or an id. A password that is left out is asked for, or read from standard input.
The settings are the server's: environment variables, or .env in this folder. The server may be running.
Exit status: 0 done, 1 refused or failed, 2 called in a wrong way.`;
