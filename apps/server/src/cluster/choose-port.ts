import { createServer } from 'node:net';
import { listenOn } from '../start/listen-on.ts';

/**
 * A free port for all workers: left to them, a port 0 would be another one after all of them have died at once. Throws
 * `ListenError`.
 */
export async function choosePort(host: string): Promise<number> {
  await using probe = createServer();
  return await listenOn(probe, host, 0);
}
