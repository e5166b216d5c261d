import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../system/api.ts';
import { createBigTeams } from '../system/big-teams.ts';
import { createPeople } from '../system/people.ts';
import { readMetrics } from '../measures/read-metrics.ts';
import { quantile } from '../measures/quantile.ts';
import { openAll, openRaw, rawSubscription } from '../load/subscriptions.ts';
import type { RawOptions } from '../load/subscriptions.ts';
import { defineScenario } from '../scenario.ts';
import { startSystem } from '../system/system.ts';

const mebibyte = 2 ** 20;
/** First the kernel's buffers fill up, which are some megabytes, twice. */
const patienceMs = 60_000;
/** How exactly it is known when a reader was closed. */
const watchEveryMs = 50;
const watched = [
  'taskmaster_sockets_open',
  'taskmaster_sockets_buffered_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
] as const;
type Watch = (sample: Readonly<Record<(typeof watched)[number], number>>) => void;
/** A change of a task with a long text is an event of this size. */
const description = 'x'.repeat(19_000);

export const scenario = defineScenario({
  about: 'Readers that stop reading under load: closed soon, holding little; the others notice nothing.',
  defaults: { readers: 20, paused: 1, writes: 40, seconds: 15, rounds: 5 },
  async run({ readers, paused, writes, seconds, rounds }, progress) {
    await using system = await startSystem({ processes: 1 });
    const [server] = system.servers;
    const [owner, ...people] = await createPeople(system, readers + paused + 1);
    if (!owner || !server) throw new Error('nobody is there');
    const [team] = await createBigTeams(system, { owner, people, size: people.length });
    if (!team) throw new Error('there is no team');

    let latenciesMs: number[] = [];
    const options: RawOptions = {
      port: Number(new URL(server.url).port),
      path: 'tasks.onChange',
      localAddress: '127.0.0.2',
    };
    const onEvent = (event: Readonly<Record<string, unknown>>) =>
      latenciesMs.push(Date.now() - Date.parse(String(event['at'])));
    const subscriptions = people.map(rawSubscription);
    const [slow, quick] = [subscriptions.slice(0, paused), subscriptions.slice(paused)];
    await openAll(quick, (subscription) => openRaw(subscription, { ...options, onEvent }));
    progress(`${quick.length} readers listen`);

    /**
     * For so long, and on until `until` is over. Resolves with how long each event took. `watch` sees the server's own
     * numbers all the while, and as often whatever it looks for: they cost the server something, too.
     */
    async function write(watch: Watch, until: Promise<unknown> = Promise.resolve()): Promise<number[]> {
      latenciesMs = [];
      const end = performance.now() + seconds * 1000;
      const state = { isOver: false };
      void until.finally(() => {
        state.isOver = true;
      });
      const isOver = () => performance.now() >= end && state.isOver;
      const watching = (async () => {
        while (!isOver()) {
          watch(await readMetrics(server?.url ?? '', watched));
          await sleep(watchEveryMs);
        }
      })();
      const answers: Promise<unknown>[] = [];
      while (!isOver()) {
        const input = { title: 'Task', description, team_id: team?.id };
        answers.push(call(server?.url ?? '', owner ?? { token: '' }, 'POST', '/tasks', input));
        await sleep(1000 / writes);
      }
      await Promise.all([watching, ...answers]);
      await sleep(500);
      return latenciesMs;
    }

    /** Some stop reading, and others go on. */
    async function writeBesidePaused() {
      await openAll(slow, (subscription) => openRaw(subscription, { ...options, onClose: () => undefined }));
      const openBefore = quick.length + paused;
      for (const { socket } of slow) socket?.pause();
      const seen = { closed: 0, mostBuffered: 0, fullAt: Infinity, lastClosedAt: Infinity };
      const closing = Promise.withResolvers<void>();
      const givenUp = sleep(patienceMs, undefined, { ref: false });
      const latencies = await write(
        ({ taskmaster_sockets_buffered_bytes: buffered, taskmaster_sockets_open: open }) => {
          seen.mostBuffered = Math.max(seen.mostBuffered, buffered);
          // The kernel's own buffers are full: from now on it counts.
          if (buffered > 0) seen.fullAt = Math.min(seen.fullAt, performance.now());
          if (open < openBefore - seen.closed) {
            seen.closed = openBefore - open;
            seen.lastClosedAt = performance.now();
          }
          if (seen.closed >= paused) closing.resolve();
        },
        Promise.race([closing.promise, givenUp]),
      );
      for (const { socket } of slow) socket?.terminate();
      return { ...seen, latencies, ms: seen.closed < paused ? Infinity : seen.lastClosedAt - seen.fullAt };
    }

    // What the process allocates and compiles first is no one's slowness.
    await write(() => undefined);
    // In turns: what else the machine does meanwhile slows both down.
    const alone: number[] = [];
    const usedAlone: number[] = [];
    async function writeAlone() {
      let leastUsed = Infinity;
      const latencies = await write(({ nodejs_heap_size_used_bytes: heap, nodejs_external_memory_bytes: external }) => {
        // The least, for garbage is not in use.
        leastUsed = Math.min(leastUsed, heap + external);
      });
      alone.push(...latencies);
      usedAlone.push(leastUsed);
    }
    const pauses: Awaited<ReturnType<typeof writeBesidePaused>>[] = [];
    for (let round = 1; round <= rounds; round++) {
      await writeAlone();
      const pause = await writeBesidePaused();
      pauses.push(pause);
      progress(`round ${round}: ${pause.closed} paused readers closed after ${pause.ms.toFixed(0)} ms`);
    }
    await writeAlone();
    const beside = pauses.flatMap(({ latencies }) => latencies);
    const { taskmaster_sockets_buffered_bytes: waiting } = await readMetrics(server.url, watched);
    const closed = pauses.reduce((total, pause) => total + pause.closed, 0);
    const bytesStayed = (usedAlone.at(-1) ?? Infinity) - (usedAlone[0] ?? 0);
    const p99 = { alone: quantile(alone, 0.99), beside: quantile(beside, 0.99) };
    return [
      { name: 'readers', value: quick.length },
      { name: 'paused readers', value: paused * rounds },
      { name: 'paused readers closed', value: closed, atLeast: paused * rounds, atMost: paused * rounds },
      {
        name: 'last one closed after the first byte waited',
        value: Math.max(...pauses.map(({ ms }) => ms)),
        unit: 'ms',
        atMost: 2_000,
      },
      {
        name: 'most that waited for one',
        value: Math.max(...pauses.map(({ mostBuffered }) => mostBuffered)) / paused / mebibyte,
        unit: 'MiB',
        atMost: 1,
      },
      { name: 'memory that stayed', value: bytesStayed / mebibyte, unit: 'MiB', atMost: 32 },
      {
        name: 'waiting in the end',
        value: waiting,
        unit: 'bytes',
        atMost: 0,
      },
      { name: 'p99 of the others, alone', value: p99.alone, unit: 'ms' },
      { name: 'p99 of the others, beside them', value: p99.beside, unit: 'ms' },
      { name: 'p99 moved by', value: 100 * (p99.beside / p99.alone - 1), unit: '%', atMost: 20 },
    ];
  },
});
