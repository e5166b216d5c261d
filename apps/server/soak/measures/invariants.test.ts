import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Created, call, must, takeSlowestMs } from '../system/api.ts';
import { checkInvariants, invariants } from './invariants.ts';
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
  await expect.poll(() => load.journal.acknowledged - before, { timeout: 20_000 }).toBeGreaterThan(count);
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
    const [person] = people;
    const { url } = system.anyServer();
    if (!person) throw new Error('there is nobody');
    const task = Created.parse(await must(url, person, 'POST', '/tasks', { title: 'Task' }));
    const file = `/tasks/${task.id}/attachments`;
    const form = new FormData();
    form.append('file', new File(['text'], 'notes.txt'));
    const attachment = Created.parse(await must(url, person, 'POST', file, form));
    // All connections of the pool are open: nobody is saved by the deadline of opening one.
    await Promise.all(Array.from({ length: 30 }, () => must(url, person, 'GET', '/tasks')));
    takeSlowestMs();
    system.databaseLine?.setFault({ isBlackHole: true });
    const answers = await Promise.all([
      call(url, person, 'GET', '/tasks'),
      call(url, person, 'POST', '/tasks', { title: 'Task' }),
      login(url, email),
      call(url, person, 'POST', file, form),
      call(url, person, 'GET', `${file}/${attachment.id}/download`),
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
    load.journal.tasks.set(randomUUID(), 1);
    load.journal.comments.add(randomUUID());
    expect(await checkInvariants(system, load.journal)).toEqual({ ...none, [invariants[5]]: 2 });
  });
});
