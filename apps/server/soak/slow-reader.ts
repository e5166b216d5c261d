import { setTimeout as sleep } from 'node:timers/promises';
import { call } from './api.ts';
import { createBigTeams } from './big-teams.ts';
import { createPeople } from './people.ts';
import { readMetric } from './read-metric.ts';
import { quantile } from './random.ts';
import { openAll, openRaw, rawSubscription } from './raw-socket.ts';
import type { RawOptions } from './raw-socket.ts';
import { defineScenario } from './scenario.ts';
import { startSystem } from './system.ts';

const mebibyte = 2 ** 20;
/** A change of a task with a long text is an event of this size. */
const description = 'x'.repeat(19_000);

export const scenario = defineScenario({
  about: 'Readers that stop reading under load: closed soon, holding little; the others notice nothing.',
  defaults: { readers: 20, paused: 5, writes: 40, seconds: 30 },
  async run({ readers, paused, writes, seconds }, progress) {
    await using system = await startSystem({ processes: 1 });
    const [server] = system.servers;
    const [owner, ...people] = await createPeople(system, readers + paused + 1);
    if (!owner || !server) throw new Error('nobody is there');
    const [team] = await createBigTeams(system, { owner, people, size: people.length });
    if (!team) throw new Error('there is no team');

    let latenciesMs: number[] = [];
    const closedAt: number[] = [];
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

    async function write(forSeconds: number): Promise<number[]> {
      latenciesMs = [];
      const end = performance.now() + forSeconds * 1000;
      const answers: Promise<unknown>[] = [];
      while (performance.now() < end) {
        const input = { title: 'Task', description, team_id: team?.id };
        answers.push(call(server?.url ?? '', owner ?? { token: '' }, 'POST', '/tasks', input));
        await sleep(1000 / writes);
      }
      await Promise.all(answers);
      await sleep(500);
      return latenciesMs;
    }

    // Twice: what the process allocates and compiles first is no one's slowness.
    await write(seconds / 2);
    const alone = await write(seconds);
    const bytesBefore = await usedBytes(server.url);
    progress('now some of them stop reading');

    await openAll(slow, (subscription) => openRaw(subscription, { ...options, onClose: () => undefined }));
    const openBefore = await readMetric(server.url, 'taskmaster_sockets_open');
    for (const { socket } of slow) socket?.pause();
    const watching = new AbortController();
    let mostBuffered = 0;
    let fullAt: number | undefined;
    const watch = (async () => {
      while (!watching.signal.aborted) {
        const buffered = await readMetric(server.url, 'taskmaster_sockets_buffered_bytes');
        mostBuffered = Math.max(mostBuffered, buffered);
        // The kernel's own buffers are full: from now on it counts.
        if (buffered > 0) fullAt ??= performance.now();
        const open = await readMetric(server.url, 'taskmaster_sockets_open');
        while (closedAt.length < openBefore - open) closedAt.push(performance.now());
        await sleep(20);
      }
    })();
    const beside = await write(seconds);
    watching.abort();
    await watch;
    for (const { socket } of slow) socket?.terminate();
    const bytesAfter = await usedBytes(server.url);
    const p99 = { alone: quantile(alone, 0.99), beside: quantile(beside, 0.99) };
    return [
      { name: 'readers', value: quick.length },
      { name: 'paused readers', value: paused },
      { name: 'paused readers closed', value: closedAt.length, atLeast: paused, atMost: paused },
      {
        name: 'last one closed after the first byte waited',
        value: (closedAt.at(-1) ?? Infinity) - (fullAt ?? 0),
        unit: 'ms',
      },
      { name: 'most that waited for one', value: mostBuffered / paused / mebibyte, unit: 'MiB', atMost: 1 },
      { name: 'memory that stayed', value: (bytesAfter - bytesBefore) / mebibyte, unit: 'MiB', atMost: 32 },
      {
        name: 'waiting in the end',
        value: await readMetric(server.url, 'taskmaster_sockets_buffered_bytes'),
        unit: 'bytes',
        atMost: 0,
      },
      { name: 'p99 of the others, alone', value: p99.alone, unit: 'ms' },
      { name: 'p99 of the others, beside them', value: p99.beside, unit: 'ms' },
      { name: 'p99 moved by', value: 100 * (p99.beside / p99.alone - 1), unit: '%', atMost: 20 },
    ];
  },
});

/** What is in use in the heap and beside it: the least of some seconds, for garbage is not in use. */
async function usedBytes(url: string): Promise<number> {
  let least = Infinity;
  for (let times = 0; times < 50; times++) {
    const [heap, external] = await Promise.all([
      readMetric(url, 'nodejs_heap_size_used_bytes'),
      readMetric(url, 'nodejs_external_memory_bytes'),
    ]);
    least = Math.min(least, heap + external);
    await sleep(100);
  }
  return least;
}
