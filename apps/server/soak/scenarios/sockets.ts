import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { call } from '../system/api.ts';
import { createBigTeams } from '../system/big-teams.ts';
import { compareIds, readTeamStreams, sum } from '../measures/compare-streams.ts';
import { createPeople } from '../system/people.ts';
import { residentBytes } from '../measures/process-memory.ts';
import { countingSettings, resetStatements, statementsSince } from '../measures/query-count.ts';
import { pick } from '../random.ts';
import { quantile } from '../measures/quantile.ts';
import { addressFor, openAll, openRaw, rawSubscription } from '../load/subscriptions.ts';
import { defineScenario } from '../scenario.ts';
import { startSystem } from '../system/system.ts';

async function now(sql: Sql): Promise<Date> {
  const [row] = await sql<{ now: Date }[]>`select now() as now`;
  return row?.now ?? new Date();
}

/** Listeners in each team: one write is so many deliveries. */
const teamSize = 50;
/** How long all are gone while others write. */
const awaySeconds = 3;
const kilobyte = 1024;

export const scenario = defineScenario({
  about:
    'Ten thousand authenticated sockets with a subscription each on one process; deliveries; all come back at once.',
  defaults: { sockets: 10_000, deliveries: 500, seconds: 60 },
  async run({ sockets, deliveries, seconds }, progress) {
    await using system = await startSystem({ processes: 1, settings: countingSettings });
    const [server] = system.servers;
    if (!server) throw new Error('there is no server');
    const [owner, ...people] = await createPeople(system, sockets + 1);
    if (!owner) throw new Error('there is no owner');
    const teams = await createBigTeams(system, { owner, people, size: teamSize });
    progress(`${people.length} people in ${teams.length} teams`);

    const latenciesMs: number[] = [];
    const onEvent = (event: Readonly<Record<string, unknown>>) =>
      latenciesMs.push(Date.now() - Date.parse(String(event['at'])));
    const port = Number(new URL(server.url).port);
    const subscriptions = people.map(rawSubscription);
    const open = (subscription: (typeof subscriptions)[number], index: number) =>
      openRaw(subscription, { port, path: 'tasks.onChange', localAddress: addressFor(index), onEvent });

    /** Writes at the rate; resolves when the last one is answered. */
    async function write(forSeconds: number): Promise<number> {
      const everyMs = (teamSize / deliveries) * 1000;
      const end = performance.now() + forSeconds * 1000;
      const answers: Promise<number>[] = [];
      while (performance.now() < end) {
        const input = { title: 'Task', team_id: pick(teams).id };
        answers.push(
          call(server?.url ?? '', owner ?? { token: '' }, 'POST', '/tasks', input).then(({ status }) => status),
        );
        await sleep(everyMs);
      }
      return (await Promise.all(answers)).filter((status) => status === 201).length;
    }

    // What a process allocates once, it has by then.
    await write(3);
    await sleep(2_000);
    const bytesBefore = await residentBytes(server.pid());
    let before = performance.now();
    const openFailures = await openAll(subscriptions, open);
    const openedSeconds = (performance.now() - before) / 1000;
    progress(`${sockets} sockets are open after ${openedSeconds.toFixed(1)} s`);
    await sleep(5_000);
    const bytesEach = ((await residentBytes(server.pid())) - bytesBefore) / sockets;

    const since = await now(system.sql);
    const written = await write(seconds);
    await sleep(1_000);
    const calm = [...latenciesMs];
    progress(`${written} writes, ${calm.length} deliveries`);

    // All are cut, miss something, and come back with their positions.
    for (const { socket } of subscriptions) socket?.terminate();
    await write(awaySeconds);
    await resetStatements(system.sql);
    before = performance.now();
    const reopenFailures = await openAll(subscriptions, open);
    const reopenedSeconds = (performance.now() - before) / 1000;
    progress(`all are back after ${reopenedSeconds.toFixed(1)} s`);
    const statements = await statementsSince(system.sql);
    for (const { calls, meanMs, text } of statements.slice(0, 3)) {
      progress(`${calls} × ${meanMs.toFixed(2)} ms ${text.replaceAll(/\s+/g, ' ').slice(0, 80)}`);
    }
    await sleep(2_000);

    const streams = await readTeamStreams(system.sql, since);
    const comparison = sum(
      teams.flatMap(({ id, members }) => {
        const ids = new Set(members.map((member) => member.id));
        const of = subscriptions.filter(({ person }) => ids.has(person.id));
        return of.map((subscription) => compareIds(subscription.ids, streams.get(id) ?? []));
      }),
    );
    return [
      { name: 'sockets', value: sockets },
      { name: 'opened within', value: openedSeconds, unit: 's', atMost: 15 },
      { name: 'attempts to open that failed', value: openFailures },
      { name: 'server memory a socket', value: bytesEach / kilobyte, unit: 'KB', atMost: 30 },
      { name: 'deliveries', value: calm.length },
      { name: 'deliveries a second', value: calm.length / seconds },
      { name: 'commit to receipt, p50', value: quantile(calm, 0.5), unit: 'ms', atMost: 50 },
      { name: 'commit to receipt, p99', value: quantile(calm, 0.99), unit: 'ms', atMost: 200 },
      { name: 'reopened within', value: reopenedSeconds, unit: 's', atMost: 10 },
      { name: 'attempts to reopen that failed', value: reopenFailures },
      {
        name: 'queries a reopened socket',
        value: statements.reduce((total, { calls }) => total + calls, 0) / sockets,
        atMost: 2,
      },
      { name: 'events due', value: comparison.expected },
      { name: 'lost', value: comparison.lost, atMost: 0 },
      { name: 'out of order', value: comparison.outOfOrder, atMost: 0 },
      { name: 'foreign', value: comparison.foreign, atMost: 0 },
      { name: 'doubled', value: comparison.twice, atMost: comparison.expected / 100 },
      { name: 'resyncs', value: subscriptions.reduce((total, { resyncs }) => total + resyncs, 0), atMost: 0 },
    ];
  },
});
