import { until } from '@taskmaster/testing/until';
import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../../system/api.ts';
import { compareStreams, sum } from '../../measures/compare-streams.ts';
import { asMeasures, checkInvariants } from '../../measures/invariants.ts';
import type { Listener } from '../../load/listeners.ts';
import { startListener } from '../../load/listeners.ts';
import { createPeople } from '../../system/people.ts';
import type { Measure, Progress } from '../../scenario.ts';
import { crashesOf, startSystem } from '../../system/system.ts';
import type { System } from '../../system/system.ts';
import { createTeams } from '../../system/teams.ts';
import type { SoakTeam } from '../../system/teams.ts';
import { startWriters } from '../../load/writers.ts';

export const streamDefaults = { clients: 50, writers: 16, writes: 50 } as const;

interface StreamRun {
  clients: number;
  writers: number;
  /** Each second. */
  writes: number;
  progress: Progress;
  /** What is done to the system while everybody writes and listens. Returns measures of its own. */
  disturb: (system: System) => Promise<readonly Measure[]>;
}

const teamCount = 10;
const teamsEach = 3;
/** Every event must be there this long after the last write. */
const settleMs = 30_000;

/**
 * Clients listen on two processes while writers write and `disturb` does its worst; in the end each must have been given
 * what the database holds for it: all of it, once, in order, and nothing else.
 */
export async function runStreams({ clients, writers, writes, progress, disturb }: StreamRun): Promise<Measure[]> {
  await using system = await startSystem({ processes: 2 });
  const people = await createPeople(system, clients + writers);
  const [listening, writing] = [people.slice(0, clients), people.slice(clients)];
  const teams = await createTeams(system, {
    count: teamCount,
    each: teamsEach,
    writers: writing,
    listeners: listening,
  });
  const listeners = listening.map((person) => startListener(system.url, person));
  try {
    await Promise.all(listeners.map(({ started }) => started));
    await greet(system, teams, listening);
    const hasHeard = ({ tasks, notifications }: Listener) => tasks.ids.length > 0 && notifications.ids.length > 0;
    await until(() => listeners.every(hasHeard), 'the first event of each client', settleMs);
    // That they were added to their teams may have reached them as a change of what they see.
    for (const { tasks } of listeners) tasks.resyncs = 0;
    progress(`${clients} clients listen through ${system.servers.length} processes`);

    const load = startWriters(system, { writers: writing, teams, perSecond: writes });
    const before = performance.now();
    const own = await disturb(system);
    const seconds = (performance.now() - before) / 1000;
    await load.stop();
    progress(`${load.journal.acknowledged} writes acknowledged; comparing`);
    const comparison = await settled(system, listeners);
    const events = total(listeners, ({ wire }) => wire.events);
    return [
      { name: 'writes acknowledged', value: load.journal.acknowledged },
      { name: 'writes a second', value: load.journal.acknowledged / seconds },
      { name: 'writes refused or unanswered', value: load.journal.unknown },
      { name: 'events due to the clients', value: comparison.expected },
      ...own,
      { name: 'sockets opened', value: total(listeners, ({ sockets }) => sockets()) },
      { name: 'lost', value: comparison.lost, atMost: 0 },
      { name: 'out of order', value: comparison.outOfOrder, atMost: 0 },
      { name: 'foreign', value: comparison.foreign, atMost: 0 },
      {
        name: 'doubled on the wire',
        value: (100 * total(listeners, ({ wire }) => wire.doubled)) / events,
        unit: '%',
        atMost: 1,
      },
      { name: 'doubled for the application', value: comparison.twice, atMost: 0 },
      {
        name: 'resyncs',
        value: total(listeners, ({ tasks, notifications }) => tasks.resyncs + notifications.resyncs),
        atMost: 0,
      },
      { name: 'watches that ended', value: total(listeners, ({ failures }) => failures.length), atMost: 0 },
      ...asMeasures(await checkInvariants(system, load.journal)),
      { name: 'processes that crashed', value: crashesOf(system), atMost: 0 },
    ];
  } finally {
    for (const listener of listeners) listener.close();
  }
}

/** The first event of each stream: from it on nothing may be missing. */
async function greet({ servers: [server] }: System, teams: readonly SoakTeam[], listening: readonly { id: string }[]) {
  const url = server?.url ?? '';
  const greeted = new Set<string>();
  for (const { id: team_id, members } of teams) {
    const [owner] = members;
    if (!owner) continue;
    for (const { id } of listening.filter((person) => members.some((member) => member.id === person.id))) {
      if (greeted.has(id)) continue;
      greeted.add(id);
      await must(url, owner, 'POST', '/tasks', { title: 'Hello', team_id, assigned_to_id: id });
    }
  }
}

/** Compares until nothing is missing any more, or the patience ends. */
async function settled({ sql }: System, listeners: readonly Listener[]) {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const comparison = sum(await Promise.all(listeners.map((listener) => compareStreams(sql, listener))));
    if (comparison.lost === 0 || performance.now() > deadline) return comparison;
    await sleep(500);
  }
}

const total = (listeners: readonly Listener[], of: (listener: Listener) => number) =>
  listeners.reduce((result, listener) => result + of(listener), 0);
