import { randomUUID } from 'node:crypto';
import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Created, call, must, takeSlowestMs } from '../system/api.ts';
import { checkInvariants, invariants } from './invariants.ts';
import type { Invariants } from './invariants.ts';
import type { Person } from '../system/people.ts';
import { createPeople } from '../system/people.ts';
import { crashesOf, startSystem } from '../system/system.ts';
import type { System } from '../system/system.ts';
import { createTeams } from '../system/teams.ts';
import type { Writers } from '../load/writers.ts';
import { startWriters } from '../load/writers.ts';
import { login } from '../load/sessions.ts';
import { registerSomebody, writeSession } from '../load/write-sessions.ts';

let system: System;
let people: Person[];
let load: Writers;
let email: string;

const none = Object.fromEntries(invariants.map((name) => [name, 0]));

beforeAll(async () => {
  system = await startSystem({ processes: 1, hasDatabaseLine: true });
  people = await createPeople(system, 4);
  const teams = await createTeams(system, { count: 2, each: 0, writers: people, listeners: [] });
  email = await registerSomebody(system);
  load = startWriters(system, { writers: people, teams, perSecond: 40, login: email });
}, 60_000);

afterAll(async () => {
  await load.stop();
  await system[Symbol.asyncDispose]();
}, 60_000);

/** Resolves when the system takes writes (again). */
async function untilWritten(count = 10) {
  const before = load.journal.acknowledged;
  await expect.poll(() => load.journal.acknowledged - before).toBeGreaterThan(count);
}

/** A file of 4 bytes, as a user brings it. */
async function attach() {
  const [person] = people;
  const { url } = system.anyServer();
  if (!person) throw new Error('there is nobody');
  const task = Created.parse(await must(url, person, 'POST', '/tasks', { title: 'Task' }));
  const path = `/tasks/${task.id}/attachments`;
  const form = new FormData();
  form.append('file', new File(['text'], 'notes.txt'));
  const attachment = Created.parse(await must(url, person, 'POST', path, form));
  return { url, person, path, form, attachment };
}

describe('under writes, what must hold holds', () => {
  test('after a kill -9', async () => {
    await untilWritten();
    await system.servers[0]?.kill();
    expect(await checkInvariants(system, load.journal)).toEqual(none);
    await system.servers[0]?.start();
    await untilWritten();
    expect(await checkInvariants(system, load.journal)).toEqual(none);
  }, 60_000);

  test('after an immediate stop of PostgreSQL, which the process survives', async () => {
    await untilWritten();
    await system.database.restart('immediate');
    await untilWritten();
    expect(await checkInvariants(system, load.journal)).toEqual(none);
    expect(crashesOf(system)).toBe(0);
  }, 60_000);

  test.each([
    ['slices', { sliceBytes: 3 }],
    ['latency', { latencyMs: 20 }],
  ])('over a line with %s', async (_name, fault) => {
    system.databaseLine?.setFault(fault);
    await untilWritten(3);
    system.databaseLine?.setFault({});
    await untilWritten();
    expect(await checkInvariants(system, load.journal)).toEqual(none);
  });

  test('after resets of the line', async () => {
    for (let round = 0; round < 10; round++) {
      await sleep(50);
      system.databaseLine?.cut({ reset: true });
    }
    await untilWritten();
    expect(await checkInvariants(system, load.journal)).toEqual(none);
    expect(crashesOf(system)).toBe(0);
  });

  test('in a black hole everybody is answered within 5 s', async () => {
    await untilWritten();
    const { url, person, path, form, attachment } = await attach();
    // All connections of the pool are open: nobody is saved by the deadline of opening one.
    await Promise.all(Array.from({ length: 30 }, () => must(url, person, 'GET', '/tasks')));
    takeSlowestMs();
    system.databaseLine?.setFault({ isBlackHole: true });
    const answers = await Promise.all([
      call(url, person, 'GET', '/tasks'),
      call(url, person, 'POST', '/tasks', { title: 'Task' }),
      login(url, email),
      call(url, person, 'POST', path, form),
      call(url, person, 'GET', `${path}/${attachment.id}/download`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    system.databaseLine?.setFault({});
    await untilWritten();
    expect(takeSlowestMs()).toBeLessThan(5_500);
    expect(await checkInvariants(system, load.journal)).toEqual(none);
  }, 30_000);
});

describe('the checker notices', () => {
  // What is broken here stays broken: each looks at its own.
  test('a task without its activity row', async () => {
    await load.stop();
    const { sql } = system;
    const id = randomUUID();
    await sql`insert into tasks (id, title, created_by_id) values (${id}, 'Task', ${people[0]?.id ?? ''})`;
    expect(await checkInvariants(system, load.journal)).toEqual({ ...none, [invariants[0]]: 1 });
    await sql`delete from tasks where id = ${id}`;
    expect(await checkInvariants(system, load.journal)).toEqual(none);
  });

  test('a comment without its activity row', async () => {
    const { sql } = system;
    const id = randomUUID();
    await sql`insert into comments (id, task_id, author_id, content)
              select ${id}, id, created_by_id, 'Comment' from tasks limit 1`;
    expect(await checkInvariants(system, load.journal)).toEqual({ ...none, [invariants[1]]: 1 });
    await sql`delete from comments where id = ${id}`;
  });

  test('a file that is cut short', async () => {
    await attach();
    const objects = join(system.uploadDir, 'objects');
    const found = await readdir(objects, { recursive: true, withFileTypes: true });
    const file = found.find((entry) => entry.isFile());
    if (!file) throw new Error('there is no file');
    await truncate(join(file.parentPath, file.name), 1);
    expect(await checkInvariants(system, load.journal)).toEqual({ ...none, [invariants[2]]: 1 });
  });

  test('missing bytes', async () => {
    const keys = await system.sql<{ storage_key: string }[]>`select storage_key from attachments`;
    expect(keys.length).toBeGreaterThan(0);
    await rm(join(system.uploadDir, 'objects'), { recursive: true });
    expect(await checkInvariants(system, load.journal)).toEqual({ ...none, [invariants[2]]: keys.length });
    await system.sql`delete from attachments`;
    load.journal.attachments.clear();
  });

  test('a team without its owner', async () => {
    const { sql } = system;
    // The database refuses it otherwise.
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`delete from team_members m using teams t where m.team_id = t.id and m.user_id = t.owner_id`;
    });
    expect(await checkInvariants(system, load.journal)).toEqual({ ...none, [invariants[3]]: 2 });
    await sql`insert into team_members (team_id, user_id, role) select id, owner_id, 'manager' from teams`;
  });

  test('a token that works after its session', async () => {
    const { journal } = load;
    journal.sessions.clear();
    expect(await writeSession(system, journal, email)).toBe(true);
    journal.ended.push(...journal.sessions.values());
    expect(await checkInvariants(system, journal)).toEqual({ ...none, [invariants[4]]: 2 });
    journal.ended.pop();
  });

  test('a write that was acknowledged and is not there', async () => {
    const { journal } = load;
    journal.tasks.set(randomUUID(), 1);
    journal.comments.add(randomUUID());
    journal.attachments.add(randomUUID());
    journal.sessions.set(randomUUID(), { access_token: '', refresh_token: '', token_type: 'bearer', expires_in: 1 });
    const [task] = await system.sql<{ id: string; version: number }[]>`select id, version from tasks limit 1`;
    journal.tasks.set(task?.id ?? '', Number(task?.version) + 1);
    expect(await checkInvariants(system, journal)).toEqual({ ...none, [invariants[5]]: 5 });
  });

  const [versions, rows, bytes, owners] = invariants;
  const liveSession = 'select id from sessions where revoked_at is null order by id limit 1';

  test.each<[what: string, statement: string, added: Partial<Invariants>]>([
    [
      'two activity rows of one change of a task',
      `insert into activity_logs (id, action, entity_type, entity_id, task_id)
       select gen_random_uuid(), action, entity_type, entity_id, task_id from activity_logs join tasks t on t.id = entity_id limit 1`,
      { [versions]: 1 },
    ],
    [
      'a team without its activity row',
      `with made as (insert into teams (id, name, owner_id) select gen_random_uuid(), 'Team', id from users limit 1 returning *)
       insert into team_members (team_id, user_id, role) select id, owner_id, 'manager' from made`,
      { [rows]: 1 },
    ],
    [
      'an attachment without its activity row, and its bytes',
      `insert into attachments (id, task_id, uploader_id, filename, content_type, size_bytes, sha256, storage_key)
       select gen_random_uuid(), id, created_by_id, 'f', 'text/plain', 1, 'x', 'key' from tasks limit 1`,
      { [rows]: 1, [bytes]: 1 },
    ],
    [
      'a user without their activity row',
      `insert into users (id, email, username, password_hash) values (gen_random_uuid(), 'x', 'x', 'x')`,
      { [rows]: 1 },
    ],
    [
      'a session without the row of its start',
      `insert into sessions (id, user_id, expires_at) select gen_random_uuid(), id, now() from users limit 1`,
      { [rows]: 1 },
    ],
    [
      'a session that ended without a row',
      `update sessions set revoked_at = now() where id = (${liveSession})`,
      { [rows]: 1 },
    ],
    [
      'a session that lives on after the row of its end',
      `insert into activity_logs (id, action, entity_type, entity_id)
       values (gen_random_uuid(), 'session.ended', 'session', (${liveSession}))`,
      { [rows]: 1 },
    ],
    [
      'an owner who is no manager',
      `update team_members m set role = 'member' from teams t where t.id = m.team_id and t.owner_id = m.user_id
         and t.id = (select id from teams order by id limit 1)`,
      { [owners]: 1 },
    ],
  ])('%s', async (_, statement, added) => {
    const before = await checkInvariants(system, load.journal);
    await system.sql.unsafe(statement);
    const after = await checkInvariants(system, load.journal);
    const more = invariants.map((name) => [name, after[name] - before[name]] as const).filter(([, count]) => count > 0);
    expect(Object.fromEntries(more)).toEqual(added);
  });
});
