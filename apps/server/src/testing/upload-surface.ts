import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bearerToken, createDiskStorage, createServices } from '@taskmaster/api';
import type { Context, Deps } from '@taskmaster/api';
import { createTestDeps } from '@taskmaster/api/testing';
import { AppError } from '@taskmaster/core/errors';
import type { Actor } from '@taskmaster/core/policies';
import { attachments, tasks, users } from '@taskmaster/core/tables';
import { createTestDatabase, listen } from '@taskmaster/testing';
import { pino } from 'pino';
import { createProblems } from '../http/problems.ts';
import { openScope, scopeOf } from '../http/request-scope.ts';
import { createRest } from '../http/rest.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { createTestClient } from './upload-client.ts';
import { uploadRoutes } from '../uploads/upload-routes.ts';

export const maxFileBytes = 200_000;
const boundary = 'test-boundary';
export const multipart = `multipart/form-data; boundary=${boundary}`;
export const tail = `\r\n--${boundary}--\r\n`;
export const partHead = (disposition = 'name="file"; filename="a.txt"') =>
  `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`;
/** A whole body with one file. */
export const bodyOf = (content: string | Buffer, disposition?: string) =>
  Buffer.concat([Buffer.from(partHead(disposition)), Buffer.from(content), Buffer.from(tail)]);

/** The REST surface on a port, with a user and a task. A user's id is its token. `wrap` may spoil the storage. */
export async function createUploadSurface({
  stallTimeoutMs = 5_000,
  minBytesPerSecond = 1,
  wrap = (storage) => storage,
  uploadDir,
}: {
  stallTimeoutMs?: number;
  minBytesPerSecond?: number;
  uploadDir?: string;
  wrap?: (storage: Deps['storage']) => Deps['storage'];
} = {}) {
  const database = await createTestDatabase();
  const { db } = database;
  const folder = uploadDir ?? (await mkdtemp(join(tmpdir(), 'taskmaster-uploads-')));
  const services = createServices(createTestDeps(db, { storage: wrap(createDiskStorage({ folder })), maxFileBytes }));

  const actors = new Map<string, Actor>();
  const createContext = (req: Parameters<typeof scopeOf>[0]): Context => ({
    ...scopeOf(req),
    services,
    async authenticate() {
      const actor = actors.get(bearerToken(req.headers.authorization) ?? '');
      if (!actor) throw new AppError('UNAUTHENTICATED');
      return actor;
    },
  });
  const faults: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => faults.push(line) });
  const routes = uploadRoutes({
    attachments: services.attachments,
    createContext,
    basePath: '/api/v1',
    maxFileBytes,
    pace: { stallTimeoutMs, minBytesPerSecond },
  });
  const rest = createRest({ createContext, routes, problems: createProblems(log), log });
  const secure = securityHeaders({ isProduction: false });
  const server = createServer((req, res) => {
    openScope(req, 0);
    secure(req, res, () => void rest.handle(req, res));
  });
  const port = await listen(server);

  async function createUser(): Promise<string> {
    const id = randomUUID();
    await db.insert(users).values({ id, email: `${id}@example.com`, username: id, password_hash: 'none' });
    actors.set(id, { id, role: 'user', session_id: randomUUID() });
    return id;
  }
  const user_id = await createUser();
  const task_id = randomUUID();
  await db.insert(tasks).values({ id: task_id, title: 'a task', created_by_id: user_id });
  const path = `/api/v1/tasks/${task_id}/attachments`;

  return {
    ...createTestClient({ port, token: user_id, path }),
    origin: `http://127.0.0.1:${port}`,
    db,
    services,
    user_id,
    task_id,
    path,
    createUser,
    /** What the log calls a fault of ours. */
    faults,
    rows: () => db.select().from(attachments),
    files: async (): Promise<string[]> => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    /** Descriptors of this process, the server's, on stored files. */
    openFiles: async (): Promise<number> => {
      const fds = await readdir('/proc/self/fd');
      const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
      return targets.filter((target) => target.startsWith(folder)).length;
    },
    /** Timers that keep this process alive, whoever set them: compare with a count before. */
    timers: () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
    /** Connections that the server holds. */
    connections: () =>
      new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database[Symbol.asyncDispose]();
      if (uploadDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

export type UploadSurface = Awaited<ReturnType<typeof createUploadSurface>>;
