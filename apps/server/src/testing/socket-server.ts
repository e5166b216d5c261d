import { createServer } from 'node:http';
import { authenticate, createAccessTokens, createHub, createServices } from '@taskmaster/api';
import type { Authentication } from '@taskmaster/api';
import { createTestDeps } from '@taskmaster/api/testing';
import { notifications, sessions, users } from '@taskmaster/core/tables';
import { createTestDatabase, listen, secretKey } from '@taskmaster/testing';
import { randomUUID } from 'node:crypto';
import { checkHost } from '../http/host.ts';
import type { SocketLimits } from '../sockets/limits.ts';
import { createSockets } from '../sockets/sockets.ts';

export interface TestUser {
  id: string;
  session_id: string;
  token: string;
}

interface TestServerOptions {
  limits?: Partial<SocketLimits>;
  allowedOrigins?: string[];
  /** Reads who a token stands for; a test may hold that up, before or after. */
  reading?: (read: () => Promise<Authentication>) => Promise<Authentication>;
  /** Counts an upgrade of an address, here for nothing; a test may hold that up. */
  counting?: () => Promise<void>;
}

/** A server with nothing but sockets, on a database of its own. */
export async function createTestServer({ reading = (read) => read(), ...options }: TestServerOptions = {}) {
  const database = await createTestDatabase();
  const { db, sql } = database;
  const hub = createHub({ db, sql });
  const accessTokens = createAccessTokens({ secretKey, algorithm: 'HS256', lifetimeSeconds: 900 });
  const deps = createTestDeps(db, { hub, accessTokens });
  const services = createServices(deps);
  await hub.start();

  const errors: unknown[] = [];
  const errorIds: string[] = [];
  const server = createServer((_request, response) => response.end('ok'));
  const sockets = createSockets({
    hub,
    authenticate: (token) => reading(() => authenticate(deps, token)),
    createContext: (origin, authenticateAgain) => ({ ...origin, authenticate: authenticateAgain, services }),
    async admit(request) {
      checkHost(request, []);
      await options.counting?.();
    },
    allowedOrigins: options.allowedOrigins ?? ['*'],
    recordRefusal: services.refusals.record,
    addressOf: (request) => request.socket.remoteAddress ?? null,
    onError(error, request_id) {
      errors.push(error);
      errorIds.push(request_id);
    },
    limits: { ...options.limits },
  });
  server.on('upgrade', sockets.handleUpgrade);
  const port = await listen(server);

  async function createUser(role: 'user' | 'admin' = 'user', lifetimeSeconds = 900): Promise<TestUser> {
    const [id, session_id] = [randomUUID(), randomUUID()];
    await db.insert(users).values({ id, email: `${id}@example.com`, username: id, password_hash: 'none', role });
    await db.insert(sessions).values({ id: session_id, user_id: id, expires_at: new Date(Date.now() + 900_000) });
    const tokens = createAccessTokens({ secretKey, algorithm: 'HS256', lifetimeSeconds });
    return { id, session_id, token: await tokens.sign({ user_id: id, session_id }) };
  }

  async function notify(user: TestUser, body: string | null = null, count = 1): Promise<void> {
    const row = () => ({ id: randomUUID(), user_id: user.id, type: 'team_added', title: 'hello', body }) as const;
    await db.insert(notifications).values(Array.from({ length: count }, row));
    hub.wake();
  }

  return {
    db,
    hub,
    services,
    sockets,
    port,
    errors,
    /** Of the requests that they are of. */
    errorIds,
    createUser,
    notify,
    /** As a service sees somebody. */
    contextOf: ({ id, session_id }: TestUser, role: 'user' | 'admin' = 'user') => ({
      actor: { id, role, session_id },
      request_id: 'test',
      ip_address: null,
      user_agent: null,
    }),
    async [Symbol.asyncDispose]() {
      await sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await hub.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof createTestServer>>;
