/** The command was called in a way that it cannot follow: one line, and exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
