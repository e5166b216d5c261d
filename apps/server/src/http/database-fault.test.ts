import { Problem } from '@taskmaster/core/errors';
import { expect, it } from 'vitest';
import type { Person } from '../testing/factories.ts';
import type { Answer } from '../testing/http-client.ts';
import type { TestServer } from '../testing/test-server.ts';
import { startTestServer } from '../testing/test-server.ts';

const rounds = 20;
const workers = 8;
const backWithinMs = 2_000;

/** Reads, writes in transactions, and the reads of somebody who is not logged in. */
const requests = [
  ({ ask }: Person) => ask('GET', '/tasks?search=task'),
  ({ ask }: Person) => ask('POST', '/tasks', { title: 'made under fire' }),
  ({ ask }: Person) => ask('GET', '/users/me'),
  ({ ask }: Person) => ask('PUT', '/notifications/read-all'),
];

function judge({ status, headers, as }: Answer): string | undefined {
  if (status < 300) return undefined;
  const { code } = as(Problem);
  return code === 'UNAVAILABLE' && status === 503 && Number(headers['retry-after']) > 0
    ? undefined
    : `${status} ${code}`;
}

/** Every backend of the server: the pool's, in whatever state, and those of the streams. */
async function killBackends({ owner }: TestServer): Promise<number> {
  const killed = await owner`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'taskmaster%'`;
  return killed.length;
}

/** How long until a request succeeds again. */
async function waitForService(person: Person): Promise<number> {
  const killedAt = performance.now();
  const isBack = async () => (await person.ask('POST', '/tasks', { title: 'back' })).status === 201;
  while (!(await isBack()))
    if (performance.now() - killedAt > 10 * backWithinMs) throw new Error('the service stays away');
  return performance.now() - killedAt;
}

it(
  `outlives the death of all its connections to PostgreSQL ${rounds} times, under load`,
  { timeout: 120_000 },
  async () => {
    await using server = await startTestServer();
    const person = await server.person();
    const wrong = new Set<string>();
    const counts = { answers: 0, refused: 0, killed: 0 };
    const over = new AbortController();
    async function load(start: number): Promise<void> {
      for (let n = start; !over.signal.aborted; n++) {
        const answer = await requests[n % requests.length]?.(person);
        if (!answer) return;
        counts.answers++;
        if (answer.status === 503) counts.refused++;
        const problem = judge(answer);
        if (problem !== undefined) wrong.add(problem);
      }
    }
    const running = Array.from({ length: workers }, (_, start) => load(start));
    const waits: number[] = [];
    for (let round = 0; round < rounds; round++) {
      counts.killed += await killBackends(server);
      waits.push(await waitForService(person));
    }
    over.abort();
    await Promise.all(running);

    expect([...wrong]).toEqual([]);
    expect(Math.max(...waits)).toBeLessThan(backWithinMs);
    // It was under fire: connections died, and requests with them.
    expect(counts.killed).toBeGreaterThan(rounds);
    expect(counts.refused).toBeGreaterThan(0);
    expect((await server.call('GET', '/readyz')).status).toBe(200);
  },
);
