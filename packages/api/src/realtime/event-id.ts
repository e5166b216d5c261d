import { createHash } from 'node:crypto';
import type { Mark } from './position.ts';

/** The streams that a client can hold a position in. */
const streams = { notifications: 1, tasks: 2 } as const;
export type Stream = keyof typeof streams;

// 24 and 6 bytes: multiples of three, so that the parts can be encoded apart and joined.
const markBytes = 24;
const tagBytes = 6;
/** A `bigint` ends here; the `xid8` beside it has all 64 bits. */
const largest = 2n ** 63n;

/** Ties an event id to its reader: somebody else's id is no position. It is a mistake detector, not a secret. */
export const tagOf = (userId: string): string =>
  createHash('sha256').update(userId).digest().subarray(0, tagBytes).toString('base64url');

/** The part of an event id that all readers of the row share. */
export function encodeMark(stream: Stream, { xid, seq, at }: Mark): string {
  const bytes = Buffer.alloc(markBytes);
  bytes.writeUInt8(streams[stream], 0);
  bytes.writeBigUInt64BE(xid, 1);
  bytes.writeBigUInt64BE(seq, 9);
  bytes.writeUIntBE(at, 18, 6);
  return bytes.toString('base64url');
}

/** Undefined for what is no event id, or one of another stream or another user. */
export function decodeEventId(stream: Stream, tag: string, id: string): Mark | undefined {
  const bytes = Buffer.from(id, 'base64url').subarray(0, markBytes);
  if (bytes.length !== markBytes) return undefined;
  const mark = { xid: bytes.readBigUInt64BE(1), seq: bytes.readBigUInt64BE(9), at: bytes.readUIntBE(18, 6) };
  if (mark.seq >= largest) return undefined;
  // One comparison for all: the stream, the user, the length, and that there is no other spelling of the same id.
  return encodeMark(stream, mark) + tag === id ? mark : undefined;
}
