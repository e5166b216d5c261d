import { shortenedPath } from '@taskmaster/api';
import { AppError, invalidField } from '@taskmaster/core/errors';
import type { TransferPace } from './transfer-pace.ts';

export const fileField = 'file';

export const notMultipart = (cause?: unknown) =>
  new AppError('UNSUPPORTED_MEDIA_TYPE', { detail: 'The body must be multipart/form-data with a boundary', cause });
export const malformedUpload = (cause: unknown) => new AppError('MALFORMED_UPLOAD', { cause });
export const stalledUpload = ({ stallTimeoutMs }: TransferPace) =>
  tooSlow(`The upload stood still for ${stallTimeoutMs / 1000} seconds`);
export const slowUpload = ({ minBytesPerSecond }: TransferPace) =>
  tooSlow(`The upload came at less than ${minBytesPerSecond} bytes a second`);
const tooSlow = (detail: string) => new AppError('REQUEST_TIMEOUT', { detail, headers: { connection: 'close' } });
export const missingFile = () => invalidField(fileField, 'Is missing', 'invalid_type');
export const severalParts = () => invalidField(fileField, 'Is given more than once, or not alone', 'too_big');
/** A part that is not the file; of the right name, it is a plain field. */
export const unknownPart = (name = '') =>
  name === fileField
    ? invalidField(name, 'Is not a file: it has no filename', 'invalid_type')
    : invalidField(shortenedPath(name), 'Is not known here', 'unrecognized_keys');
