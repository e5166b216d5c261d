import type { WebSocket } from 'ws';

/** Pings, and drops a peer that has not answered the ping before. */
export function keepAlive(ws: WebSocket, pingMs: number): void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) {
      ws.terminate();
      return;
    }
    isAlive = false;
    if (ws.readyState === ws.OPEN) ws.ping();
  }, pingMs);
  ws.on('pong', () => {
    isAlive = true;
  });
  ws.once('close', () => clearInterval(timer));
}
