import { setTimeout as sleep } from 'node:timers/promises';
import { takeSlowestMs } from '../system/api.ts';
import { asMeasures, checkInvariants, worse } from '../measures/invariants.ts';
import { spoilLine } from '../system/line-faults.ts';
import { createPeople } from '../system/people.ts';
import { pick } from '../random.ts';
import { defineScenario } from '../scenario.ts';
import { crashesOf, startSystem } from '../system/system.ts';
import { createTeams } from '../system/teams.ts';
import { startWriters } from '../load/writers.ts';
import { registerSomebody } from '../load/write-sessions.ts';

/** Whoever asks while the database is away hears 503 by then. */
const longestWaitMs = 5_000;

export const scenario = defineScenario({
  about:
    'kill -9 at random points, PostgreSQL stopped at once, a spoiled line to it: what must hold, holds after each.',
  defaults: { kills: 500, stops: 50, minutes: 10, writers: 16, writes: 50 },
  async run({ kills, stops, minutes, writers, writes }, progress) {
    await using system = await startSystem({ processes: 2, hasDatabaseLine: true });
    const people = await createPeople(system, writers);
    const teams = await createTeams(system, { count: 10, each: 0, writers: people, listeners: [] });
    const login = await registerSomebody(system);
    const load = startWriters(system, { writers: people, teams, perSecond: writes, login });
    let found = await checkInvariants(system, load.journal);
    const check = async () => {
      found = worse(found, await checkInvariants(system, load.journal));
    };
    const slowestMs = { kills: 0, stops: 0, line: 0 };
    takeSlowestMs();

    for (let done = 1; done <= kills; done++) {
      await sleep(300 * Math.random());
      const server = pick(system.servers);
      await server.kill();
      await check();
      await server.start();
      if (done % 20 === 0) progress(`${done} kills, ${load.journal.acknowledged} writes acknowledged`);
    }
    slowestMs.kills = takeSlowestMs();

    for (let done = 1; done <= stops; done++) {
      await sleep(1_000 * Math.random());
      await system.database.restart('immediate');
      await check();
      if (done % 10 === 0) progress(`${done} stops, ${load.journal.acknowledged} writes acknowledged`);
    }
    slowestMs.stops = takeSlowestMs();

    const faults = await spoilLine(system, { minutes, check, progress });
    slowestMs.line = takeSlowestMs();

    await load.stop();
    await check();
    return [
      { name: 'kills', value: kills },
      { name: 'stops', value: stops },
      { name: 'faults of the line', value: faults },
      { name: 'writes acknowledged', value: load.journal.acknowledged },
      { name: 'writes refused or unanswered', value: load.journal.unknown },
      { name: 'sessions ended', value: load.journal.ended.length },
      ...asMeasures(found),
      { name: 'longest wait under kills', value: slowestMs.kills, unit: 'ms', atMost: longestWaitMs },
      { name: 'longest wait under stops', value: slowestMs.stops, unit: 'ms', atMost: longestWaitMs },
      { name: 'longest wait under a spoiled line', value: slowestMs.line, unit: 'ms', atMost: longestWaitMs },
      { name: 'processes that crashed', value: crashesOf(system), atMost: 0 },
    ];
  },
});
