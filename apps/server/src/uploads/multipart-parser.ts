import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import type { Busboy } from 'busboy';
import { notMultipart } from './upload-problems.ts';

/**
 * A parser for the body of this request. It stops counting at what is refused anyway: a second file or field.
 * Throws `AppError` UNSUPPORTED_MEDIA_TYPE.
 */
export function createMultipartParser({ headers }: IncomingMessage): Busboy {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  // busboy takes forms that are not multipart too.
  if (encoding !== 'identity' || !/^multipart\/form-data\s*;/i.test(headers['content-type'] ?? ''))
    throw notMultipart();
  try {
    return busboy({
      headers,
      defParamCharset: 'utf8',
      // Names are cleaned in one place, and not by the parser.
      preservePath: true,
      // The size of the file is counted where it is stored. `parts` speaks up at the end of that many.
      // A field is refused by its name, once it ends: nothing else of it is kept.
      limits: { files: 1, fields: 1, parts: 2, fieldSize: 0 },
    });
  } catch (error) {
    throw notMultipart(error);
  }
}
