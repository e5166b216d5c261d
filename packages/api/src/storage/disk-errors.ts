import { AppError } from '@taskmaster/core/errors';

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

/** No room, no quota, no descriptor left: it may go better later. */
const shortages: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);
const retryAfterSeconds = 30;

/** Rethrows what the disk said; where it was short of something, as `UNAVAILABLE`. */
export function throwUnavailable(error: unknown): never {
  if (!shortages.has(codeOf(error))) throw error;
  throw new AppError('UNAVAILABLE', {
    detail: 'There is no room for files at the moment',
    retryAfterSeconds,
    cause: error,
  });
}

/** For `.catch` of what may be gone already: undefined instead of ENOENT. */
export function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
