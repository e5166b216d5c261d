import type { IncomingMessage } from 'node:http';

/**
 * Takes in what is still coming of a request that is already answered. Closing at once would reset the connection while the
 * client is writing, and the answer would be lost with it; reading for ever would be a gift. So: up to `maxBytes`.
 */
export function drain(req: IncomingMessage, maxBytes: number): void {
  if (req.complete || req.destroyed) return;
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) req.socket.destroy();
  });
  req.resume();
}
