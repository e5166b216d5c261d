/** Bytes `start` to `end` of a file, both included, from 0 on. */
export interface ByteRange {
  start: number;
  end: number;
}

/** A file that is open for reading; read to its end it is closed, and so it is by `destroy`. A Readable is one. */
export interface OpenFile extends AsyncIterable<Uint8Array> {
  destroy: () => unknown;
}

/**
 * Where the bytes of attachments are kept. A key is a UUID that the server made; nothing of a client ever becomes part
 * of a path. An object is first a temporary one, then, promoted, one that is there to stay.
 */
export interface Storage {
  /**
   * Writes a temporary object, and resolves when it is durable. On any failure, of the source too, nothing of it is
   * left. Throws `AppError` UNAVAILABLE where there is no room for it.
   */
  writeTemp: (key: string, source: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Makes a temporary object, under the same key, one that is there to stay; durable when it resolves. */
  promote: (key: string) => Promise<void>;
  /** Undefined where there is no such object. */
  open: (key: string, range?: ByteRange) => Promise<OpenFile | undefined>;
  /** Of an object that is not there, too. */
  delete: (key: string) => Promise<void>;
  deleteTemp: (key: string) => Promise<void>;
  /** The keys of the objects that were written before this moment. */
  list: (before: Date) => AsyncIterable<string>;
  listTemps: (before: Date) => AsyncIterable<string>;
}
