import { createHash } from 'node:crypto';
import { AppError } from '@taskmaster/core/errors';
import { headBytes } from './content-type.ts';

/** Looks at the bytes of one file as they pass. What it has seen counts once they have all passed. */
export interface FileMeter {
  /** The same bytes. Throws `AppError` FILE_TOO_LARGE at the first one beyond the limit. */
  pass: (content: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void, undefined>;
  seen: () => { size_bytes: number; sha256: string; head: Buffer };
}

export function createFileMeter(maxBytes: number): FileMeter {
  const hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let missingHead = headBytes;
  let size_bytes = 0;

  return {
    async *pass(content) {
      for await (const chunk of content) {
        size_bytes += chunk.length;
        if (size_bytes > maxBytes) throw tooLarge(maxBytes);
        hash.update(chunk);
        if (missingHead > 0) {
          // A copy: a view would keep the chunk, and what it is a view of, in memory.
          head.push(Uint8Array.from(chunk.subarray(0, missingHead)));
          missingHead -= Math.min(missingHead, chunk.length);
        }
        yield chunk;
      }
    },
    seen: () => ({ size_bytes, sha256: hash.copy().digest('hex'), head: Buffer.concat(head) }),
  };
}

/** The refusal of a file of more than `maxBytes`. */
export const tooLarge = (maxBytes: number) =>
  new AppError('FILE_TOO_LARGE', { detail: `A file has at most ${maxBytes} bytes` });
