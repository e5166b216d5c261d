import type { RunningProcess } from '@taskmaster/testing/faults';
import { z } from 'zod';

export interface RunningServer extends RunningProcess {
  url: string;
  port: number;
  /** Until the line that says it is ready. */
  startedInMs: number;
  /** Ends it by SIGTERM; returns the exit code. */
  stop: () => Promise<number | NodeJS.Signals | null>;
}

export async function untilReady(started: RunningProcess): Promise<RunningServer> {
  const before = performance.now();
  let hasEnded = false;
  void started.ended.then(() => (hasEnded = true));
  for (;;) {
    const [, url] = /is ready at (http:\S+)/.exec(started.stdout()) ?? [];
    if (url !== undefined && started.stdout().includes('  Data ')) {
      const stop = () => {
        started.kill('SIGTERM');
        return started.ended;
      };
      return { ...started, url, port: Number(new URL(url).port), startedInMs: performance.now() - before, stop };
    }
    if (hasEnded) throw new Error(`the server did not start:\n${started.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const Session = z.object({ access_token: z.string(), refresh_token: z.string() });
export const UserFields = z.object({ id: z.string(), username: z.string(), role: z.string(), is_active: z.boolean() });

interface Person {
  username: string;
  email: string;
  password: string;
}

/** A request to the REST surface. */
export const request = (server: Pick<RunningServer, 'url'>, method: string, path: string, body?: unknown, token = '') =>
  fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

export async function register(server: Pick<RunningServer, 'url'>, person: Person) {
  const answer = await request(server, 'POST', '/auth/register', person);
  if (answer.status !== 201) throw new Error(`register: ${answer.status} ${await answer.text()}`);
  return UserFields.parse(await answer.json());
}

/** The access token, or the status of a refusal. */
export async function logIn(server: Pick<RunningServer, 'url'>, { email, password }: Person): Promise<string | number> {
  const answer = await request(server, 'POST', '/auth/login', { email, password });
  return answer.ok ? Session.parse(await answer.json()).access_token : answer.status;
}

export async function tokenOf(server: Pick<RunningServer, 'url'>, person: Person): Promise<string> {
  const token = await logIn(server, person);
  if (typeof token === 'number') throw new Error(`login: ${token}`);
  return token;
}
