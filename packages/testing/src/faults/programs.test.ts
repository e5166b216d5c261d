import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '@taskmaster/database/embedded';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRealPostgres } from './real-postgres.ts';
import { runProgram } from './run-program.ts';
import { wrongClock } from './wrong-clock.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskmaster-programs-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Runs a text as a program. */
async function run(source: string, env: Readonly<Record<string, string>> = {}) {
  const path = join(folder, 'program.mjs');
  await writeFile(path, source);
  return runProgram(path, [], { env, cwd: folder });
}

describe('a program', () => {
  test('sees the variables that it was given and none of ours', async () => {
    const started = await run('console.log(JSON.stringify(process.env))', { ONLY: 'this' });
    expect(await started.ended).toBe(0);
    expect(JSON.parse(started.stdout())).toEqual({ ONLY: 'this' });
  });

  test('stands still and goes on', async () => {
    const started = await run('setInterval(() => console.log("beat"), 10)');
    const beats = () => started.stdout().length;
    await expect.poll(beats).toBeGreaterThan(0);
    started.kill('SIGSTOP');
    // What was written before the signal may still be in the pipe.
    await sleep(100);
    const before = beats();
    await sleep(200);
    expect(beats()).toBe(before);
    started.kill('SIGCONT');
    await expect.poll(beats).toBeGreaterThan(before);
    started.kill('SIGKILL');
    expect(await started.ended).toBe('SIGKILL');
  });

  test('does not outlive whoever started it, killed though they were', async () => {
    const endless = join(folder, 'endless.mjs');
    await writeFile(endless, 'setInterval(() => {}, 1000)');
    const starter = await run(`
      import { runProgram } from ${JSON.stringify(new URL('run-program.ts', import.meta.url).href)};
      console.log(runProgram(${JSON.stringify(endless)}, [], { env: {}, cwd: '/' }).pid);
    `);
    await expect.poll(() => starter.stdout()).toMatch(/^\d+\n$/);
    const pid = Number(starter.stdout());
    expect(isAlive(pid)).toBe(true);
    starter.kill('SIGKILL');
    await starter.ended;
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });

  const clock = wrongClock('+90m');
  // oxlint-disable-next-line vitest/no-conditional-tests -- libfaketime is Debian's; where it is missing this says that it was skipped
  test.runIf(clock)('lives in another time, at the same pace', async () => {
    const started = await run('console.log(Date.now()); setTimeout(() => console.log(Date.now()), 200)', clock);
    const before = Date.now();
    expect(await started.ended).toBe(0);
    const [first = 0, second = 0] = started.stdout().split('\n').map(Number);
    expect(first - before).toBeGreaterThan(89 * 60_000);
    expect(first - before).toBeLessThan(91 * 60_000);
    expect(second - first).toBeGreaterThanOrEqual(190);
    expect(second - first).toBeLessThan(5_000);
  });
});

test.each(['fast', 'immediate'] as const)(
  'PostgreSQL is back at its address after a stop, %s',
  async (mode) => {
    await using database = await startRealPostgres();
    const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
    const startedAt = async () => (await sql<{ at: Date }[]>`select pg_postmaster_start_time() as at`)[0]?.at.getTime();
    await sql`create table kept as select 42 as answer`;
    const before = await startedAt();
    await database.restart(mode);
    await expect.poll(() => startedAt().catch(() => undefined)).toBeGreaterThan(before ?? 0);
    expect([...(await sql`select answer from kept`)]).toEqual([{ answer: 42 }]);
    await sql.end();
  },
  60_000,
);
