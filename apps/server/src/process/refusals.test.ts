import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createTestDatabase, listen } from '@taskmaster/testing';
import { describe, expect, test } from 'vitest';
import { createInstallation } from '../testing/process/installation.ts';
import type { Outcome } from '../testing/process/installation.ts';
import { isAlive } from '@taskmaster/testing/faults';
import { nobody, runProcess } from '../testing/process/run-process.ts';

/** What an operator sees of it: no log line. */
const seen = ({ code, output }: Outcome) => ({
  code,
  lines: output
    .trimEnd()
    .split('\n')
    .filter((each) => !each.startsWith('{')),
});
const oneLine = (line: RegExp) => ({ code: 1, lines: [expect.stringMatching(line)] });

describe('a start that cannot be says why in one line, and leaves nothing running', () => {
  test('a second server on the same data', async () => {
    await using here = await createInstallation();
    const first = await here.start();
    expect(seen(await here.fail())).toEqual({
      code: 1,
      lines: [`another server is running on the data in ${here.dataDir}`],
    });
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    expect(await first.stop()).toBe(0);
  }, 60_000);

  test('a taken PORT', async () => {
    await using here = await createInstallation();
    await using other = createServer();
    const port = await listen(other);
    expect(seen(await here.fail({ PORT: String(port) }))).toEqual(oneLine(/^PORT: is taken by another program$/));
    const pid = await here.postgresPid();
    expect(pid !== undefined && isAlive(pid)).toBe(false);
  }, 60_000);

  test('a HOST that is no address of this machine', async () => {
    await using database = await createTestDatabase();
    await using here = await createInstallation({ DATABASE_URL: database.url });
    expect(seen(await here.fail({ HOST: 'nohost.invalid' }))).toEqual(
      oneLine(/^HOST: nohost\.invalid cannot be resolved \((ENOTFOUND|EAI_AGAIN)\)$/),
    );
    expect(seen(await here.fail({ HOST: '192.0.2.1' }))).toEqual(
      oneLine(/^HOST: 192\.0\.2\.1 is no address of this machine \(EADDRNOTAVAIL\)$/),
    );
  }, 60_000);

  test('a DATA_DIR that is a file', async () => {
    await using here = await createInstallation();
    const file = join(here.folder, 'file');
    await writeFile(file, '');
    expect(seen(await here.fail({ DATA_DIR: file }))).toEqual(
      oneLine(/^DATA_DIR: .*\/file cannot be written \(EEXIST\)$/),
    );
    expect(seen(await here.fail({ DATA_DIR: join(file, 'below') }))).toEqual(oneLine(/^DATA_DIR: .* \(ENOTDIR\)$/));
  }, 60_000);

  test.runIf(process.getuid?.() === 0)(
    'a DATA_DIR that belongs to somebody else',
    async () => {
      await using here = await createInstallation();
      await mkdir(here.dataDir);
      await chmod(here.dataDir, 0o755);
      const started = runProcess('main.ts', [], { env: here.env, cwd: here.folder, user: nobody });
      const outcome = { code: await started.ended, stdout: started.stdout(), output: started.output() };
      expect(seen(outcome)).toEqual(oneLine(/^DATA_DIR: .*\/data cannot be written \(EACCES\)$/));
    },
    60_000,
  );

  test('an UPLOAD_DIR that cannot be written', async () => {
    await using database = await createTestDatabase();
    await using here = await createInstallation({ DATABASE_URL: database.url });
    const file = join(here.folder, 'file');
    await writeFile(file, '');
    expect(seen(await here.fail({ UPLOAD_DIR: file }))).toEqual(
      oneLine(/^UPLOAD_DIR: .*\/file cannot be written \(EEXIST\)$/),
    );
  }, 60_000);

  test('a variable that does not parse', async () => {
    await using here = await createInstallation();
    expect(seen(await here.fail({ PORT: 'abc' }))).toEqual(oneLine(/^PORT: is no whole number$/));
  });

  test('a database that is not there', async () => {
    await using here = await createInstallation({ DATABASE_URL: 'postgres://user:hidden@127.0.0.1:1/name' });
    const outcome = await here.fail();
    expect(seen(outcome)).toEqual(oneLine(/^the database is not available \(ECONNREFUSED\)$/));
    expect(outcome.output).not.toContain('hidden');
  });

  test('a damaged file of keys', async () => {
    await using here = await createInstallation();
    const file = join(here.dataDir, 'secrets.json');
    await mkdir(dirname(file));
    await writeFile(file, '{"SECRET_KEY":');
    expect(seen(await here.fail())).toEqual(
      oneLine(/secrets\.json cannot be read \(damaged\): restore it, or remove it/),
    );
  });
});
