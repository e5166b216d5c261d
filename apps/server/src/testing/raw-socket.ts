import { connect } from 'node:net';
import { handshake } from './socket-client.ts';
import type { TestServer } from './socket-server.ts';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameOptions {
  opcode?: number;
  /** False: more fragments follow. */
  fin?: boolean;
  /** The three reserved bits: 4, 2 and 1. */
  rsv?: number;
  isMasked?: boolean;
  /** What the header says of the payload's length, where that is not what it is. */
  claimedBytes?: bigint;
}

/** The bytes of one frame of a client, as RFC 6455 has it or not. */
export function frame(payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { opcode = opcodes.text, fin = true, rsv = 0, isMasked = true, claimedBytes } = options;
  const data = Buffer.from(payload);
  const length = claimedBytes ?? BigInt(data.length);
  const head = Buffer.alloc(length < 126n ? 2 : length < 65_536n ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const mask = isMasked ? 0x80 : 0;
  if (length < 126n) head[1] = mask | Number(length);
  else if (length < 65_536n) head.writeUInt16BE(Number(length), 2);
  else head.writeBigUInt64BE(length, 2);
  if (length >= 126n) head[1] = mask | (length < 65_536n ? 126 : 127);
  // Masked with zeros, the payload stays as it is.
  return Buffer.concat(isMasked ? [head, Buffer.alloc(4), data] : [head, data]);
}

/** `count` fragments with the payload each. */
export const fragments = (payload: string | Buffer, count: number, opcode: number = opcodes.text): Buffer[] =>
  Array.from({ length: count }, (_, index) =>
    frame(payload, { opcode: index === 0 ? opcode : opcodes.continuation, fin: index === count - 1 }),
  );

const headEnd = '\r\n\r\n';

/** The code of the first close frame in what a server sent; undefined: there is none. */
function closeCodeIn(bytes: Buffer): number | undefined {
  for (let at = 0; at + 2 <= bytes.length;) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const headBytes = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    if (((bytes[at] ?? 0) & 0x0f) === opcodes.close) return length < 2 ? 1005 : bytes.readUInt16BE(at + headBytes);
    at += headBytes + length;
  }
  return undefined;
}

/** Opens a socket, sends the bytes once it is open, and resolves with the code that the server closes it with. */
export function closeCodeAfter(
  { port }: Pick<TestServer, 'port'>,
  target: string,
  bytes: readonly Buffer[],
  timeoutMs = 10_000,
): Promise<number | 'no close frame'> {
  return new Promise((resolve, reject) => {
    let heard = Buffer.alloc(0);
    let isOpen = false;
    const socket = connect(port, '127.0.0.1', () => socket.write(handshake(target)));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the server did not close the socket; heard: ${heard.toString('latin1')}`));
    }, timeoutMs);
    socket.on('data', (data) => {
      heard = Buffer.concat([heard, data]);
      const end = heard.indexOf(headEnd);
      if (!isOpen && end >= 0) {
        isOpen = true;
        socket.write(Buffer.concat([...bytes]));
      }
      // A peer that answers a close: the server need not wait for it.
      if (isOpen && closeCodeIn(heard.subarray(end + headEnd.length)) !== undefined) socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      const end = heard.indexOf(headEnd);
      resolve(closeCodeIn(heard.subarray(end + headEnd.length)) ?? 'no close frame');
    });
  });
}
