import { fileURLToPath } from 'node:url';
import { createPeople, createTestDeps } from '@taskmaster/api/testing';
import { appRole, connectDatabase } from '@taskmaster/database';
import type { Database } from '@taskmaster/database';
import { readHeads, verifyLog } from '@taskmaster/database/audit';
import { migrate } from '@taskmaster/database/migrations';
import { keepCopy, putBack, tamper, tamperings } from '@taskmaster/database/testing';
import { startRealPostgres } from '@taskmaster/testing/faults';
import type { Sql } from 'postgres';
import { cpuSecondsOf } from '../measures/cpu-seconds.ts';
import { below, pick } from '../load/random.ts';
import { quantile } from '../measures/quantile.ts';
import type { Measure, Progress } from '../scenario.ts';
import { defineScenario } from '../scenario.ts';

const folder = fileURLToPath(new URL('../../../../drizzle', import.meta.url));

interface Sessions {
  owner: Sql;
  app: Sql;
  db: Database;
}

const setLinking = (owner: Sql, isOn: boolean) =>
  owner.unsafe(`ALTER TABLE activity_logs ${isOn ? 'ENABLE ALWAYS' : 'DISABLE'} TRIGGER activity_logs_link`);

const clients = 10;

/** Changes of tasks a second by the service that users reach, of ten clients in so many teams. One team is the worst. */
async function pairedRounds(
  { owner, db }: Sessions,
  { rounds, teams }: { rounds: number; teams: number },
  progress: Progress,
): Promise<number> {
  const { api } = await createPeople(createTestDeps(db)).person();
  const made = await Promise.all(Array.from({ length: teams }, () => api.teams.create({ name: 'A team' })));
  const tasks = await Promise.all(
    Array.from({ length: clients }, (_, n) =>
      api.tasks.create({ title: 'Task', team_id: made[n % teams]?.id ?? null }),
    ),
  );
  async function writesPerSecond(): Promise<number> {
    const seconds = 3;
    const until = performance.now() + seconds * 1000;
    let writes = 0;
    const running = tasks.map(async ({ id: task_id }) => {
      for (; performance.now() < until; writes++) await api.tasks.update({ task_id, title: `Task ${Math.random()}` });
    });
    await Promise.all(running);
    return writes / seconds;
  }
  const ratios: number[] = [];
  await writesPerSecond();
  for (let round = 0; round < rounds; round++) {
    const measured = { chained: 0, unchained: 0 };
    // By turns first: what warms up, or tires, serves both.
    for (const kind of round % 2 === 0 ? (['chained', 'unchained'] as const) : (['unchained', 'chained'] as const)) {
      await setLinking(owner, kind === 'chained');
      measured[kind] = await writesPerSecond();
    }
    ratios.push(measured.chained / measured.unchained);
    progress(`${Math.round(measured.chained)} chained, ${Math.round(measured.unchained)} unchained writes a second`);
  }
  await setLinking(owner, true);
  return quantile(ratios, 0.5);
}

async function fill(owner: Sql, rows: number): Promise<void> {
  for (let start = 0; start < rows; start += 20_000) {
    const last = Math.min(rows, start + 20_000);
    await owner.unsafe(`SET statement_timeout = 0; INSERT INTO activity_logs (id, actor_id, action, entity_type, entity_id, task_id, team_id, details, ip_address)
      SELECT gen_random_uuid(), md5('u' || i % 1000)::uuid, 'task.updated', 'task', md5('t' || i)::uuid, md5('t' || i)::uuid,
             CASE WHEN i % 5 > 0 THEN md5('team' || i % 99)::uuid END,
             jsonb_build_object('title', jsonb_build_object('before', 'Task ' || i, 'after', 'Task ' || i + 1)), '192.0.2.7'
        FROM generate_series(${start + 1}, ${last}) i`);
  }
}

async function tamperMany({ owner, app }: Sessions, count: number, progress: Progress): Promise<number> {
  await fill(owner, 300);
  const known = (await readHeads(app, async (heads) => heads)) ?? [];
  await keepCopy(owner);
  let missed = 0;
  for (let n = 1; n <= count; n++) {
    const expected = await tamper(owner, pick(tamperings), below);
    const { faults } = await verifyLog(app, { known });
    const [found] = faults;
    const isBracket = expected.kind === 'edit and compute the rest anew';
    const isNamed = isBracket
      ? (found?.position ?? Infinity) <= Number(expected.position)
      : found?.position === expected.position;
    if (faults.length !== 1 || found?.chain_id !== expected.chain_id || !isNamed) {
      missed++;
      progress(`not found as it is: ${JSON.stringify({ expected, faults })}`);
    }
    await putBack(owner);
    if (n % 100 === 0) progress(`${n} tamperings`);
  }
  return missed;
}

/** The tamperings, the price of the chain, and how long a large log takes to verify. */
export const scenario = defineScenario({
  about:
    'A superuser tampers with the activity log; what the chain costs a write; how long a large log takes to verify.',
  defaults: { tamperings: 1000, rounds: 7, rows: 1_000_000 },
  async run({ tamperings: count, rounds, rows }, progress): Promise<Measure[]> {
    await using database = await startRealPostgres();
    const { url } = database;
    await migrate({ url, folder }).up();
    const ownerPool = connectDatabase({ url, maxConnections: 1, statementTimeoutSeconds: 600 });
    const appPool = connectDatabase({ url, role: appRole });
    const sessions = { owner: ownerPool.sql, app: appPool.sql, db: appPool.db };
    try {
      const ratio = await pairedRounds(sessions, { rounds, teams: 10 }, progress);
      const inOneTeam = await pairedRounds(sessions, { rounds, teams: 1 }, progress);
      await migrate({ url, folder }).toBase();
      await migrate({ url, folder }).up();
      await fill(sessions.owner, rows);
      await sessions.owner.unsafe('VACUUM ANALYZE');
      progress(`${rows} rows are written`);
      const before = { cpu: await cpuSecondsOf(sessions.app), at: performance.now() };
      const { faults } = await verifyLog(sessions.app);
      const seconds = (performance.now() - before.at) / 1000;
      const cpuSeconds = (await cpuSecondsOf(sessions.app)) - before.cpu;
      await migrate({ url, folder }).toBase();
      await migrate({ url, folder }).up();
      const missed = await tamperMany(sessions, count, progress);
      return [
        { name: 'chained / unchained writes, 10 teams', value: ratio, atLeast: 0.7 },
        { name: 'chained / unchained writes, one team', value: inOneTeam, atLeast: 0.7 },
        { name: `${rows} rows verified`, value: seconds, unit: 's', atMost: 10 },
        { name: `${rows} rows verified, time of processors`, value: cpuSeconds, unit: 's', atMost: 10 },
        { name: 'faults where nothing was changed', value: faults.length, atMost: 0 },
        { name: 'tamperings not found, or not at the right row', value: missed, atMost: 0 },
      ];
    } finally {
      await Promise.all([ownerPool, appPool].map(({ close }) => close()));
    }
  },
});
