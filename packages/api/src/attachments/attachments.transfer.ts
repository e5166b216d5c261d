import type { Attachment } from '@taskmaster/core/contracts';
import type { ByteRange, OpenFile } from '../storage/storage.ts';

// No node types here: what a client compiles against leads to this file.

/** A file on its way in. Its name is the client's, as it was sent. */
export interface IncomingFile {
  filename: string;
  content: AsyncIterable<Uint8Array>;
}

/**
 * Where an upload comes from. Not called before its sender is known to have the right to it. Calls `store` exactly once,
 * resolves when the request has come to a good end with that one file in it, and settles only after `store` has.
 */
export type UploadSource = (store: (file: IncomingFile) => Promise<void>) => Promise<void>;

/** A file on its way out. */
export interface Download {
  attachment: Attachment;
  /** Both ends included; the whole file by default. Throws `AppError` ATTACHMENT_NOT_FOUND where it has gone meanwhile. */
  open: (range?: ByteRange) => Promise<OpenFile>;
}
