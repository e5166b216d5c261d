import type { ByteRange } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';

const oneRange = /^bytes=\s*(?:(\d+)-(\d*)|-(\d+))\s*$/i;

/**
 * What a `Range` header asks for of a file; undefined where that is the whole of it: no header, one that is no byte
 * range, or several ranges, which a server need not serve (RFC 9110, 14.2).
 * Throws `AppError` RANGE_NOT_SATISFIABLE where the file has nothing of it.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const [, first, last, suffix] = oneRange.exec(header ?? '') ?? [];
  if (suffix !== undefined) {
    if (Number(suffix) === 0 || sizeBytes === 0) throw notSatisfiable(sizeBytes);
    return { start: Math.max(0, sizeBytes - Number(suffix)), end: sizeBytes - 1 };
  }
  if (first === undefined) return undefined;
  const start = Number(first);
  const end = last === undefined || last === '' ? Infinity : Number(last);
  if (end < start) return undefined;
  if (start >= sizeBytes) throw notSatisfiable(sizeBytes);
  return { start, end: Math.min(end, sizeBytes - 1) };
}

const notSatisfiable = (sizeBytes: number) =>
  new AppError('RANGE_NOT_SATISFIABLE', { headers: { 'content-range': `bytes */${sizeBytes}` } });
