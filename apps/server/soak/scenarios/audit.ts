import { fileURLToPath } from 'node:url';
import { createPeople, createTestDeps } from '@taskmaster/api/testing';
import { appRole, connectDatabase } from '@taskmaster/database';
import type { Database } from '@taskmaster/database';
import { withHeads, verifyLog } from '@taskmaster/database/audit';
import { migrate } from '@taskmaster/database/migrations';
import { keepCopy, putBack, tamper, tamperings } from '@taskmaster/database/testing';
import { startRealPostgres } from '@taskmaster/testing/faults';
import type { Sql } from 'postgres';
import { cpuSecondsOf } from '../measures/cpu-seconds.ts';
import { below, pick } from '../random.ts';
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

/** By a thousand users from several addresses each. Every 50th row is a change of a name, which stands beside it. */
async function fill(owner: Sql, rows: number): Promise<void> {
  await owner.unsafe(`INSERT INTO users (id, email, username, password_hash)
    SELECT md5('u' || i)::uuid, 'u' || i || '@example.com', 'u' || i, 'none' FROM generate_series(0, 999) i`);
  for (let start = 0; start < rows; start += 20_000) {
    const last = Math.min(rows, start + 20_000);
    await owner.unsafe(`SET statement_timeout = 0;
      WITH given AS (
        SELECT i, i % 50 = 0 AS is_rename, gen_random_uuid() AS id, md5('u' || i % 1000)::uuid AS user_id, md5('t' || i)::uuid AS task_id
          FROM generate_series(${start + 1}, ${last}) i
      ), apart AS (
        INSERT INTO activity_personal_details
        SELECT id, user_id, uuid_send(gen_random_uuid()), json_build_object('username', json_build_object('before', 'u', 'after', 'u' || i))
          FROM given WHERE is_rename RETURNING *
      )
      INSERT INTO activity_logs (id, actor_id, action, entity_type, entity_id, task_id, team_id, details, ip_address)
      SELECT g.id, g.user_id, CASE WHEN is_rename THEN 'user.updated' ELSE 'task.updated' END,
             CASE WHEN is_rename THEN 'user' ELSE 'task' END, CASE WHEN is_rename THEN g.user_id ELSE task_id END,
             CASE WHEN NOT is_rename THEN task_id END, CASE WHEN NOT is_rename AND i % 5 > 0 THEN md5('team' || i % 99)::uuid END,
             CASE WHEN is_rename THEN jsonb_build_object('username', '{"changed": true}'::jsonb,
                    'personal_sha256', encode(sha256(salt || convert_to(apart.details::text, 'UTF8')), 'hex'))
                  ELSE jsonb_build_object('title', jsonb_build_object('before', 'Task ' || i, 'after', 'Task ' || i + 1)) END,
             '192.0.2.' || i % 7
        FROM given g LEFT JOIN apart ON log_id = g.id`);
  }
}

async function tamperMany({ owner, app }: Sessions, count: number, progress: Progress): Promise<number> {
  await fill(owner, 300);
  const known = (await withHeads(app, async (heads) => heads)) ?? [];
  await keepCopy(owner);
  let missed = 0;
  for (let n = 1; n <= count; n++) {
    const expected = await tamper(owner, pick(tamperings), below);
    const { faults } = await verifyLog(app, { known });
    const isBracket = expected.kind === 'edit and compute the rest anew';
    const areNamed = expected.places.every(({ chain_id, position }, at) => {
      const found = faults[at];
      const isNamed = isBracket ? (found?.position ?? Infinity) <= Number(position) : found?.position === position;
      return found?.chain_id === chain_id && isNamed;
    });
    if (faults.length !== expected.places.length || !areNamed) {
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
