import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../system/api.ts';
import { createBigTeams } from '../system/big-teams.ts';
import { createPeople } from '../system/people.ts';
import type { Person } from '../system/people.ts';
import { quantile } from '../measures/quantile.ts';
import { addressFor, openAll, openRaw, rawSubscription } from '../load/subscriptions.ts';
import type { RawSubscription } from '../load/subscriptions.ts';
import { defineScenario } from '../scenario.ts';
import { startSystem } from '../system/system.ts';
import type { System } from '../system/system.ts';

interface Ending {
  revokedAt?: number;
  closedAt?: number;
  code?: number;
  /** Events that came when a second had passed since the end was answered. */
  late: number;
}

const teamSize = 50;
/** How long after the end of a session something may still come. */
const graceMs = 1_000;
/** Requests for an end that are under way at once. */
const atOnce = 8;

export const scenario = defineScenario({
  about: 'A thousand sockets on two processes, each ended by an admin: how soon it closes, and what comes after.',
  defaults: { sockets: 1_000 },
  async run({ sockets }, progress) {
    await using system = await startSystem({ processes: 2 });
    const [owner, admin, ...people] = await createPeople(system, sockets + 2);
    if (!owner || !admin) throw new Error('nobody is there');
    await system.sql`update users set role = 'admin' where id = ${admin.id}`;
    const teams = await createBigTeams(system, { owner, people, size: teamSize });
    const endings = new Map(people.map(({ id }): [string, Ending] => [id, { late: 0 }]));
    const subscriptions = people.map(rawSubscription);
    await openAll(subscriptions, (subscription, index) => open(system, subscription, index, endings));
    progress(`${sockets} sockets are open`);

    // All hear something all the time, so that an event after the end would be noticed.
    const writing = new AbortController();
    const writes = repeat(writing.signal, async () => {
      for (const { id } of teams) {
        await call(system.anyServer().url, owner, 'POST', '/tasks', { title: 'Task', team_id: id });
      }
    });
    await sleep(2_000);
    const waiting = [...people];
    let refused = 0;
    const end = async () => {
      for (let person = waiting.pop(); person; person = waiting.pop()) {
        if (!(await deactivate(system, admin, person, endings))) refused++;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, end));
    progress('all sessions are ended');
    await sleep(5_000);
    writing.abort();
    await writes;

    const all = [...endings.values()];
    const closedInMs = all.map(({ revokedAt = Infinity, closedAt = Infinity }) => Math.max(0, closedAt - revokedAt));
    return [
      { name: 'sockets', value: sockets },
      { name: 'ends that were refused', value: refused, atMost: 0 },
      {
        name: 'sockets that stayed open',
        value: all.filter(({ closedAt }) => closedAt === undefined).length,
        atMost: 0,
      },
      { name: 'answer to close, p50', value: quantile(closedInMs, 0.5), unit: 'ms' },
      { name: 'answer to close, p99', value: quantile(closedInMs, 0.99), unit: 'ms', atMost: 1_000 },
      { name: 'events a second after the answer', value: all.reduce((total, { late }) => total + late, 0), atMost: 0 },
      {
        name: 'closes with another code than 4401 or 4403',
        value: all.filter(({ code }) => code !== 4401 && code !== 4403).length,
        atMost: 0,
      },
    ];
  },
});

/** By turns on one process and on the other. */
function open({ servers }: System, subscription: RawSubscription, index: number, endings: Map<string, Ending>) {
  const server = servers[index % servers.length];
  const ending = endings.get(subscription.person.id);
  return openRaw(subscription, {
    port: Number(new URL(server?.url ?? '').port),
    path: 'tasks.onChange',
    localAddress: addressFor(index),
    onEvent(_event, at) {
      if (ending?.revokedAt !== undefined && at > ending.revokedAt + graceMs) ending.late++;
    },
    onClose(code) {
      if (ending) Object.assign(ending, { closedAt: performance.now(), code });
    },
  });
}

async function deactivate(
  system: System,
  admin: Person,
  person: Person,
  endings: Map<string, Ending>,
): Promise<boolean> {
  const answer = await call(system.anyServer().url, admin, 'PATCH', `/users/${person.id}`, { is_active: false });
  const ending = endings.get(person.id);
  if (ending) ending.revokedAt = performance.now();
  return answer.status === 200;
}

async function repeat(signal: AbortSignal, action: () => Promise<void>): Promise<void> {
  while (!signal.aborted) await action();
}
