import type { ErrorCode } from '@taskmaster/core/errors';

/** The codes that an operation can answer, for its meta: a typing error does not compile. */
export const problems = (...codes: ErrorCode[]): readonly ErrorCode[] => codes;
