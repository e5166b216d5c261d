import { connect } from 'node:net';
import type { HttpClient } from './http-client.ts';

/** Sends these bytes over a connection of its own; all that comes back until the server closes it. */
export function sendRaw(
  { origin }: Pick<HttpClient, 'origin'>,
  bytes: string | Buffer,
  timeoutMs = 10_000,
): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection was not closed; heard: ${heard}`));
    }, timeoutMs);
    socket.on('data', (data) => {
      heard += data.toString('latin1');
    });
    // A server that closes while we write resets the connection: what it said before counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(heard);
    });
  });
}
