import { AppError, invalidField } from '@taskmaster/core/errors';

export const fileField = 'file';

export const notMultipart = (cause?: unknown) =>
  new AppError('UNSUPPORTED_MEDIA_TYPE', { detail: 'The body must be multipart/form-data with a boundary', cause });
export const malformedUpload = (cause: unknown) => new AppError('MALFORMED_UPLOAD', { cause });
export const stalledUpload = (timeoutMs: number) =>
  new AppError('MALFORMED_UPLOAD', { detail: `The upload stood still for ${timeoutMs / 1000} seconds` });
export const missingFile = () => invalidField(fileField, 'Is missing', 'invalid_type');
export const severalParts = () => invalidField(fileField, 'Is given more than once, or not alone', 'too_big');
/** A part that is not the file; of the right name, it is a plain field. */
export const unknownPart = (name = '') =>
  name === fileField
    ? invalidField(name, 'Is not a file: it has no filename', 'invalid_type')
    : invalidField(name, 'Is not known here', 'unrecognized_keys');
