// What a front end needs at run time. Nothing here may lead to zod: it is nine tenths of what a browser would load.
export { isErrorCode } from './errors/errors.model.ts';
export { maxBatchSize, socketCloseCodes } from './shared/wire.model.ts';
