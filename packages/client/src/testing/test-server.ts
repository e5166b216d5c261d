import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../../apps/server/src/main.ts', import.meta.url));

export interface TestServer extends AsyncDisposable {
  url: string;
}

/** A whole server in a process of its own, with a database of its own: the client knows it by its URL alone. */
export async function startTestServer(variables: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'taskmaster-client-'));
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: {
      // oxlint-disable-next-line node/no-process-env -- the programs that it starts are found by it
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      UPLOAD_DIR: join(folder, 'uploads'),
      RATE_LIMIT_LOGIN: '10000/minute',
      LOG_LEVEL: 'warn',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const dispose = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    const url = /is ready at (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    // A full pipe would stop the server.
    child.stdout.resume();
    return { url, [Symbol.asyncDispose]: dispose };
  }
  await dispose();
  throw new Error(`the server did not start:\n${said}`);
}
