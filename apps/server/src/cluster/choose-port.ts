import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A free port for all workers: left to them, a port 0 would be another one after all of them have died at once. */
export async function choosePort(host: string): Promise<number> {
  await using probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, host, resolve);
  });
  const address: AddressInfo | string | null = probe.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
