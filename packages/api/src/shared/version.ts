import type { ExpectedVersion } from '@taskmaster/core/contracts';
import { AppError } from '@taskmaster/core/errors';

/** Called with the row locked, after the right to write: If-Match tells nobody more than they may know. */
export function requireVersion(row: { version: number }, expected: ExpectedVersion): void {
  if (expected === undefined || [expected].flat().includes(row.version)) return;
  throw new AppError('STALE_VERSION');
}
