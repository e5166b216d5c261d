import { z } from 'zod';

/**
 * Of an operation that takes nothing: `{}` says the same, and any key is refused. A procedure without an input would not
 * look at what it is sent.
 */
export const NoInput = z.preprocess((sent: undefined) => (sent === undefined ? {} : sent), z.strictObject({}));
