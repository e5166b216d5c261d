import type { IncomingMessage } from 'node:http';

/** How much of a request is taken in that nobody reads any more. A client that sends more than this is cut off. */
const maxDrainBytes = 64 * 1024 * 1024;

/** Takes in, and forgets, what is still coming of a request; calls back when it has come to its end. */
export function drain(req: IncomingMessage, onEnd: () => void): void {
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxDrainBytes) req.socket.destroy();
  });
  req.once('end', onEnd);
  // An upload may still be piped to a parser that has given up, and would hold the stream back.
  req.unpipe();
  req.resume();
}
