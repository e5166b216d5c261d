import { parseArgs } from 'node:util';
import { createAdminCommand } from './cli/create-admin.ts';
import { migrateCommand } from './cli/migrate.ts';
import { UsageError } from './cli/usage-error.ts';
import { explainError } from './explain-error.ts';

const usage = `Usage: pnpm taskmaster COMMAND

  migrate up                apply what is pending
  migrate down [n]          undo the last migration, or the last n
  migrate to base           undo all migrations
  migrate current           show the last one applied
  migrate history           show all, the pending ones too
  users create-admin --email EMAIL --username NAME [--password PASSWORD]
                            without --password: asked for, or read from standard input

The settings are the server's: environment variables, or .env in this folder.`;

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      email: { type: 'string' },
      username: { type: 'string' },
      password: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [group, ...rest] = positionals;
  if (values.help || group === undefined) return console.log(usage);
  if (group === 'migrate') return migrateCommand(rest);
  if (group === 'users' && rest[0] === 'create-admin') return createAdminCommand(values);
  throw new UsageError(`unknown command: ${positionals.join(' ')}\n\n${usage}`);
}

const isUsageError = (error: unknown) =>
  error instanceof UsageError ||
  (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(isUsageError(error) && error instanceof Error ? error.message : explainError(error));
  process.exitCode = isUsageError(error) ? 2 : 1;
}
