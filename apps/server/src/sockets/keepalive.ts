import type { WebSocket } from 'ws';

/** Pings, and drops a peer that has sent nothing, not even its pong, since the ping before. */
export function keepAlive(ws: WebSocket, pingMs: number): void {
  let isAlive = true;
  const markAlive = () => {
    isAlive = true;
  };
  const timer = setInterval(() => {
    if (!isAlive) {
      ws.terminate();
      return;
    }
    isAlive = false;
    if (ws.readyState === ws.OPEN) ws.ping();
  }, pingMs);
  ws.on('pong', markAlive);
  ws.on('message', markAlive);
  ws.once('close', () => clearInterval(timer));
}
