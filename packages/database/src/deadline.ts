/** Work on the database took longer than its caller could wait. Its outcome is unknown. Counts as unavailable (503). */
export class DatabaseDeadlineError extends Error {
  override readonly name = 'DatabaseDeadlineError';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`the database did not answer within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/**
 * Waits for the work, at most `timeoutMs`; then rejects with {@link DatabaseDeadlineError}. The work itself goes on:
 * what it does later is ignored, a late rejection included.
 */
export async function withDeadline<T>(work: PromiseLike<T> | (() => PromiseLike<T>), timeoutMs: number): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DatabaseDeadlineError(timeoutMs)), timeoutMs);
  try {
    return await Promise.race([typeof work === 'function' ? work() : work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
