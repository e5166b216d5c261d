import { users } from '@taskmaster/core/tables';
import { createTestDatabase } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openSocket } from '../testing/socket-client.ts';
import { createInstallation } from '../testing/process/installation.ts';
import { isAlive } from '@taskmaster/testing/faults';
import { logIn, register, request, somebody, tokenOf, UserFields } from '../testing/process/rest-client.ts';

const Page = z.object({
  items: z.array(z.object({ action: z.string(), entity_id: z.string(), details: z.record(z.string(), z.unknown()) })),
});

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
  return Promise.race([work, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms))]);
}

test('beside a running server: each command takes effect there, and leaves its row', async () => {
  await using here = await createInstallation();
  const server = await here.start();
  const pid = await here.postgresPid();
  const [root, ann] = [somebody(), somebody()];
  const { id } = await register(server, ann);

  const created = await here.cli(['users', 'create-admin', '--email', root.email, '--username', root.username], {
    input: `${root.password}\n`,
  });
  expect(created).toMatchObject({ code: 0, output: `Admin ${root.username} <${root.email}> is ready to log in.\n` });
  const admin = await tokenOf(server, root);

  expect(await here.cli(['users', 'set-role', ann.email.toUpperCase(), 'admin'])).toMatchObject({ code: 0 });
  const token = await tokenOf(server, ann);
  expect((await request(server, 'GET', '/admin/stats', undefined, token)).status).toBe(200);
  await here.cli(['users', 'set-role', ann.username, 'user']);
  expect((await request(server, 'GET', '/admin/stats', undefined, token)).status).toBe(403);

  const listed = await here.cli(['users', 'list', '--json']);
  expect(z.array(UserFields).parse(JSON.parse(listed.stdout))).toMatchObject([
    { username: root.username, role: 'admin' },
    { username: ann.username, role: 'user', is_active: true },
  ]);
  expect(listed.stdout).not.toContain('password');
  expect((await here.cli(['users', 'list'])).stdout).toMatch(new RegExp(`${id} +${ann.username} +\\S+ +user +active`));

  const loggedOut = await openSocket(server, `/ws/${id}?token=${token}`);
  const reset = await here.cli(['users', 'reset-password', id], { input: 'another-password\n' });
  expect(reset).toMatchObject({ code: 0, output: expect.stringContaining('all sessions have ended') });
  expect(await within(3_000, loggedOut.closed)).toBe(4401);
  expect((await request(server, 'GET', '/users/me', undefined, token)).status).toBe(401);
  expect(await logIn(server, ann)).toBe(401);

  const again = await tokenOf(server, { ...ann, password: 'another-password' });
  const shutOut = await openSocket(server, `/ws/${id}?token=${again}`);
  expect(await here.cli(['users', 'deactivate', ann.username])).toMatchObject({ code: 0 });
  expect(await within(3_000, shutOut.closed)).toBe(4403);
  expect((await request(server, 'GET', '/users/me', undefined, again)).status).toBe(401);

  const activity = Page.parse(
    await (await request(server, 'GET', '/activity/admin?size=100', undefined, admin)).json(),
  );
  const byCommand = activity.items
    .filter(({ details }) => details['by'] === 'command line')
    .map(({ action }) => action);
  expect(byCommand.toReversed()).toEqual([
    'user.registered',
    'user.role_changed',
    'user.role_changed',
    'user.password_changed',
    'session.ended',
    'user.deactivated',
    'session.ended',
  ]);

  expect(await here.postgresPid()).toBe(pid);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
}, 120_000);

test('without a server it runs the embedded PostgreSQL for itself, and leaves none', async () => {
  await using here = await createInstallation();
  expect(await here.cli(['users', 'list', '--json'])).toEqual({ code: 0, stdout: '[]\n', output: '[]\n' });
  const pid = await here.postgresPid();
  expect(pid === undefined || !isAlive(pid)).toBe(true);
}, 60_000);

test('a refusal is one line, with its exit status', async () => {
  await using database = await createTestDatabase();
  await using here = await createInstallation({ DATABASE_URL: database.url });
  const root = somebody();
  const create = ['users', 'create-admin', '--email', root.email, '--username', root.username];
  expect(await here.cli([...create, '--password', root.password])).toMatchObject({ code: 0 });

  const refusals: [args: string[], code: number, output: RegExp][] = [
    [[...create, '--password', root.password], 1, /^The e-mail address is taken$/],
    [['users', 'set-role', root.username, 'user'], 1, /^The last active admin can be neither demoted nor deactivated$/],
    [['users', 'deactivate', root.email], 1, /^The last active admin can be neither demoted nor deactivated$/],
    [['users', 'deactivate', 'no-one'], 1, /^there is no user with the id, e-mail address or username no-one$/],
    [['users', 'set-role', root.username, 'boss'], 2, /^ROLE: is none of user, admin$/],
    [['users', 'reset-password', root.username, '--password', 'short'], 2, /^--password: Has fewer than 8 characters$/],
    [['users', 'reset-password'], 2, /^users reset-password takes one user$/],
    [['users', 'create-admin', '--email', 'x'], 2, /^--email and --username are needed$/],
    [['users', 'create-admin', '--email', 'x', '--username', 'xyz'], 2, /^--email: /],
    [['users', 'list', '--yaml'], 2, /^Unknown option '--yaml'/],
    [['users', 'forget'], 2, /^unknown command: users forget \(--help lists them\)$/],
    [['migrate', 'sideways'], 2, /^migrate takes up, down \[n\], to base, current or history$/],
  ];
  for (const [args, code, line] of refusals) {
    const { output, ...outcome } = await here.cli(args);
    expect({ args, code: outcome.code, output: output.trimEnd() }).toEqual({
      args,
      code,
      output: expect.stringMatching(line),
    });
  }
  expect((await here.cli(['--help'])).stdout).toContain('users reset-password');
}, 120_000);

test('who was erased is told of, and not changed any more', async () => {
  await using database = await createTestDatabase();
  await using here = await createInstallation({ DATABASE_URL: database.url });
  const ann = { ...somebody(), id: '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11' };
  await database.db.insert(users).values({ id: ann.id, email: ann.email, username: ann.username, password_hash: 'x' });
  expect(await here.cli(['users', 'erase', ann.email])).toMatchObject({ code: 0 });
  expect(await here.cli(['users', 'erase', ann.id])).toMatchObject({
    code: 0,
    stdout: `${ann.id} was erased already.\n`,
  });
  const refused = { code: 1, output: 'The user was erased, and cannot be brought back\n' };
  expect(await here.cli(['users', 'set-role', ann.id, 'admin'])).toMatchObject(refused);
  expect(await here.cli(['users', 'reset-password', ann.id, '--password', ann.password])).toMatchObject(refused);
}, 120_000);

test('a server on the address of the embedded PostgreSQL is not left without it', async () => {
  await using here = await createInstallation();
  const owner = await here.start();
  const url = await here.postgresUrl();
  owner.kill('SIGKILL');
  await owner.ended;
  const server = await here.start({ DATABASE_URL: url });
  expect(await here.cli(['users', 'list'])).toMatchObject({ code: 0 });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
}, 60_000);
