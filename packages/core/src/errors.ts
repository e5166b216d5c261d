export { AppError, invalidField } from './errors/app-error.ts';
export type { AppErrorOptions, FieldError } from './errors/app-error.ts';
export { describeError, errorCodes, errorKinds, isErrorCode } from './errors/errors.model.ts';
export type { ErrorCode, ErrorKind } from './errors/errors.model.ts';
export { Problem } from './errors/problem.contract.ts';
