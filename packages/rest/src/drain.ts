import type { IncomingMessage } from 'node:http';

/** How much of a request is taken in that nobody reads any more. A client that sends more than this is cut off. */
const maxDrainBytes = 64 * 1024 * 1024;
/** The answer is out, and the client sends nothing more: time to read it, then the connection is closed. */
const idleMs = 1_000;

/**
 * Takes in, and forgets, what is still coming of a request; calls back when it has come to its end, or stands still, in
 * which case the connection is closed.
 */
export function drain(req: IncomingMessage, onEnd: () => void): void {
  let size = 0;
  const idle = setTimeout(() => {
    onEnd();
    req.socket.destroySoon();
  }, idleMs);
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    idle.refresh();
    if (size > maxDrainBytes) req.socket.destroy();
  });
  req.once('close', () => clearTimeout(idle));
  req.once('end', () => {
    clearTimeout(idle);
    onEnd();
  });
  // An upload may still be piped to a parser that has given up, and would hold the stream back.
  req.unpipe();
  req.resume();
}
