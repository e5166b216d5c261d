import { AppError } from '@taskmaster/core/errors';
import type { ErrorCode } from '@taskmaster/core/errors';

/** A policy said no: the caller sees the thing, but may not do this to it. */
export function authorize(isAllowed: boolean, code: ErrorCode = 'FORBIDDEN'): void {
  if (!isAllowed) throw new AppError(code);
}

/** What is not there and what the caller may not see look the same. */
export function found<Row>(row: Row | undefined, code: ErrorCode, isVisible: (row: Row) => boolean = () => true): Row {
  if (row === undefined || !isVisible(row)) throw new AppError(code);
  return row;
}
