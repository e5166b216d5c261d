import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { EmbeddedPostgresError } from './embedded-error.ts';
import type { Home } from './home.ts';

/** The port that was asked for, or the one of last time if it is free, or a free one; remembered for next time. */
export async function choosePort(home: Home, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (!(await isFree(wanted))) throw portTaken(wanted);
    return wanted;
  }
  const remembered = Number(await readFile(home.port, 'utf8').catch(() => ''));
  if (remembered > 0 && (await isFree(remembered))) return remembered;
  const port = await freePort();
  await writeFile(home.port, `${port}\n`);
  return port;
}

export const portTaken = (port: number): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    'PORT_TAKEN',
    `port ${port} on 127.0.0.1 is in use: the embedded database cannot listen there`,
  );

const isFree = async (port: number): Promise<boolean> => (await tryListen(port)) !== undefined;

async function freePort(): Promise<number> {
  const port = await tryListen(0);
  if (port === undefined) throw new EmbeddedPostgresError('PORT_TAKEN', 'no port on 127.0.0.1 is free');
  return port;
}

async function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
