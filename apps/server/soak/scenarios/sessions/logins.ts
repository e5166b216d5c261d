import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../../system/api.ts';
import { login, password, register } from '../../load/sessions.ts';
import { createPeople } from '../../system/people.ts';
import { quantile } from '../../measures/quantile.ts';
import type { Measure } from '../../scenario.ts';
import type { System } from '../../system/system.ts';

async function timeLogin(url: string, email: string, given: string): Promise<{ status: number; ms: number }> {
  const before = performance.now();
  const { status } = await login(url, email, given);
  return { status, ms: performance.now() - before };
}

async function createAccount({ sql, servers: [first] }: System, name: string, isActive = true): Promise<string> {
  const { id, email } = await register(first?.url ?? '', name);
  if (!isActive) await sql`update users set is_active = false where id = ${id}`;
  return email;
}

const kinds = ['unknown', 'wrong', 'inactive'] as const;
type Kind = (typeof kinds)[number];

/** An unknown user, a wrong password and an inactive user, by turns and on each process: does the time tell them apart? */
export async function timeRefusals(system: System, samples: number): Promise<Measure[]> {
  const refusals: Record<Kind, readonly [email: string, password: string]> = {
    unknown: ['unknown@example.test', password],
    wrong: [await createAccount(system, 'wrong'), 'wrong-horse-battery'],
    inactive: [await createAccount(system, 'inactive', false), password],
  };
  const times: Record<Kind, number[]> = { unknown: [], wrong: [], inactive: [] };
  let strange = 0;
  for (let i = 0; i < samples; i++) {
    const url = system.servers[i % system.servers.length]?.url ?? '';
    // Whoever always comes after the same one would inherit its weather.
    for (const kind of [...kinds.slice(i % kinds.length), ...kinds.slice(0, i % kinds.length)]) {
      const { status, ms } = await timeLogin(url, ...refusals[kind]);
      if (status !== 401) strange++;
      times[kind].push(ms);
    }
  }
  const medians = kinds.map((kind) => quantile(times[kind], 0.5));
  const apart = Math.max(...medians) - Math.min(...medians);
  return [
    ...kinds.map((kind, i) => ({ name: `login, ${kind}: median of ${samples}`, value: medians[i] ?? NaN, unit: 'ms' })),
    { name: 'medians apart', value: apart, unit: 'ms', atMost: Math.max(2, 0.05 * Math.min(...medians)) },
    { name: 'refused logins that were not a 401', value: strange, atMost: 0 },
  ];
}

/** Many logins at once on one process, and what others wait there meanwhile. */
export async function floodLogins(system: System, logins: number, rounds: number): Promise<Measure[]> {
  const url = system.servers[0]?.url ?? '';
  const [email, [reader]] = [await createAccount(system, 'flooded'), await createPeople(system, 1)];
  if (!reader) throw new Error('nobody was made');
  const waits: number[] = [];
  const counts = { evaluated: 0, shed: 0, strange: 0 };
  for (let round = 0; round < rounds; round++) {
    const flood = Array.from({ length: logins }, () => timeLogin(url, email, 'wrong-horse-battery'));
    const flooding = new AbortController();
    const reading = (async () => {
      while (!flooding.signal.aborted) {
        const before = performance.now();
        const { status } = await call(url, reader, 'GET', '/tasks');
        waits.push(performance.now() - before);
        if (status !== 200) counts.strange++;
        await sleep(5);
      }
    })();
    for (const { status } of await Promise.all(flood)) {
      counts[status === 401 ? 'evaluated' : status === 503 ? 'shed' : 'strange']++;
    }
    flooding.abort();
    await reading;
  }
  return [
    { name: `${rounds} × ${logins} logins at once: evaluated`, value: counts.evaluated },
    { name: 'told to come again (503)', value: counts.shed },
    { name: 'answered otherwise', value: counts.strange, atMost: 0 },
    { name: 'other requests meanwhile', value: waits.length, atLeast: 100 },
    { name: 'their p99', value: quantile(waits, 0.99), unit: 'ms', atMost: 100 },
  ];
}
