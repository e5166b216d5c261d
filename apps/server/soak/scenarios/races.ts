import { randomUUID } from 'node:crypto';
import { call, Created, must } from '../system/api.ts';
import { nobody, password } from '../load/sessions.ts';
import { createPeople } from '../system/people.ts';
import type { Person } from '../system/people.ts';
import { defineScenario } from '../scenario.ts';
import { startSystem } from '../system/system.ts';
import type { System } from '../system/system.ts';

/** A place where two requests meet, each sent to a process of its own. */
interface Ring {
  system: System;
  here: string;
  there: string;
  owner: Person;
  one: Person;
  admin: Person;
}

/** What one round broke: empty where all held. */
type Race = (ring: Ring) => Promise<readonly string[]>;

const roundsAtOnce = (race: Race) => (race === abdications ? 1 : 4);

async function teamOf({ here, owner }: Ring, members: readonly [Person, 'member' | 'manager'][]): Promise<string> {
  const { id } = Created.parse(await must(here, owner, 'POST', '/teams', { name: 'Team' }));
  for (const [{ id: user_id }, role] of members) {
    await must(here, owner, 'POST', `/teams/${id}/members`, { user_id, role });
  }
  return id;
}

const unexpected = (allowed: readonly number[], ...answers: readonly { status: number }[]) =>
  answers.filter(({ status }) => !allowed.includes(status)).map(({ status }) => `answered ${status}`);

/**
 * Everybody who may (the owner, an admin, by either process) demotes both managers of a team and removes its owner. The
 * owner stays a manager, whoever comes first; the other one is demoted once, with one row.
 */
const demotions: Race = async (ring) => {
  const { system, here, there, owner, one, admin } = ring;
  const team = await teamOf(ring, [[one, 'manager']]);
  const member = (url: string, by: Person, method: string, { id }: Person, body?: object) =>
    call(url, by, method, `/teams/${team}/members/${id}`, body);
  const [demoted, demotedToo, ...refused] = await Promise.all([
    member(here, owner, 'PATCH', one, { role: 'member' }),
    member(there, admin, 'PATCH', one, { role: 'member' }),
    member(there, admin, 'PATCH', owner, { role: 'member' }),
    member(here, admin, 'DELETE', owner),
    member(there, one, 'DELETE', owner),
  ]);
  const managers = await system.sql<{ user_id: string }[]>`
    select user_id from team_members where team_id = ${team} and role = 'manager'`;
  const rows = await system.sql`
    select 1 from activity_logs where team_id = ${team} and action = 'team.member_role_changed'`;
  return [
    ...unexpected([200], demoted, demotedToo),
    ...unexpected([403, 409], ...refused),
    ...(managers.length === 1 && managers[0]?.user_id === owner.id ? [] : ['the managers are not the owner alone']),
    ...(rows.length === 1 ? [] : [`${rows.length} rows for one change`]),
  ];
};

/** A member is removed while they make a task of theirs in the team: it is in the team and unassigned, or it is not made. */
const removals: Race = async (ring) => {
  const { system, here, there, owner, one } = ring;
  const team = await teamOf(ring, [[one, 'member']]);
  const [created, removed] = await Promise.all([
    call(here, one, 'POST', '/tasks', { title: 'Mine', team_id: team, assigned_to_id: one.id }),
    call(there, owner, 'DELETE', `/teams/${team}/members/${one.id}`),
  ]);
  const strange = await system.sql`
    select 1 from tasks t where team_id = ${team} and assigned_to_id is not null and not exists (
      select 1 from team_members m where m.team_id = t.team_id and m.user_id = t.assigned_to_id)`;
  const made = await system.sql`select 1 from tasks where team_id = ${team}`;
  return [
    ...unexpected([201, 422], created),
    ...unexpected([204], removed),
    ...(strange.length === 0 ? [] : ['a task is assigned to somebody who left']),
    ...(made.length === (created.status === 201 ? 1 : 0) ? [] : ['answer and task differ']),
  ];
};

/** Everything is marked as read while something new comes: each notification is wholly read or wholly unread, none is lost. */
const readings: Race = async (ring) => {
  const { system, here, there, owner, one } = ring;
  const team = await teamOf(ring, [[one, 'member']]);
  const [created, marked] = await Promise.all([
    call(here, owner, 'POST', '/tasks', { title: 'Yours', team_id: team, assigned_to_id: one.id }),
    call(there, one, 'PUT', '/notifications/read-all'),
  ]);
  const all = await system.sql<{ is_read: boolean; type: string }[]>`
    select is_read, type from notifications where user_id = ${one.id} and team_id = ${team}`;
  const added = all.find(({ type }) => type === 'team_added');
  const again = await call(there, one, 'PUT', '/notifications/read-all');
  const left = await system.sql`select 1 from notifications where user_id = ${one.id} and not is_read`;
  return [
    ...unexpected([201], created),
    ...unexpected([200, 204], marked, again),
    ...(all.length === 2 ? [] : [`${all.length} notifications instead of 2`]),
    ...(added?.is_read === true ? [] : ['what was there before is unread']),
    ...(left.length === 0 ? [] : ['something cannot be marked as read']),
  ];
};

/** The last two admins demote each other: one stays. It is about everybody there is: nobody else may be an admin. */
const abdications: Race = async ({ system, here, there, owner, one }) => {
  const ids = [owner.id, one.id];
  await system.sql`
    update users set role = case when id = any(${ids}::uuid[]) then 'admin' else 'user' end::user_role
    where role = 'admin' or id = any(${ids}::uuid[])`;
  const countRows = async () => {
    const rows = await system.sql`
      select from activity_logs where action = 'user.role_changed' and entity_id = any(${ids}::uuid[])`;
    return rows.length;
  };
  const before = await countRows();
  const demote = (url: string, by: Person, { id }: Person) => call(url, by, 'PATCH', `/users/${id}`, { role: 'user' });
  const answers = await Promise.all([demote(here, owner, one), demote(there, one, owner)]);
  const left = await system.sql`select from users where role = 'admin' and is_active`;
  const written = (await countRows()) - before;
  return [
    ...unexpected([200, 403, 409], ...answers),
    ...(answers.filter(({ status }) => status === 200).length === 1 ? [] : ['not one of them was demoted']),
    ...(left.length === 1 ? [] : [`${left.length} admins are left`]),
    ...(written === 1 ? [] : [`${written} rows for one change`]),
  ];
};

/** One address, in two spellings and by either process: one user, with one row. */
const registrations: Race = async ({ system, here, there }) => {
  const name = `r${randomUUID()}`;
  const register = (url: string, username: string, email: string) =>
    call(url, nobody, 'POST', '/auth/register', { username, email, password });
  const email = `${name}@example.test`;
  const answers = await Promise.all([
    register(here, name, email),
    register(there, name, email),
    register(there, `${name}-2`, email.toUpperCase()),
  ]);
  const users = await system.sql<{ id: string }[]>`select id from users where lower(email) = ${email}`;
  const rows = await system.sql`
    select from activity_logs where action = 'user.registered' and entity_id = any(${users.map(({ id }) => id)}::uuid[])`;
  return [
    ...unexpected([201, 409], ...answers),
    ...(answers.filter(({ status }) => status === 201).length === 1 ? [] : ['not one of them was registered']),
    ...(users.length === 1 ? [] : [`${users.length} users`]),
    ...(rows.length === 1 ? [] : [`${rows.length} rows for one registration`]),
  ];
};

const races = { demotions, removals, readings, registrations, abdications } as const satisfies Record<string, Race>;

export const scenario = defineScenario({
  about: 'Two requests at once, on two processes, that together could break what each of them keeps.',
  defaults: { rounds: 1_000 },
  async run({ rounds }, progress) {
    await using system = await startSystem({ processes: 2 });
    const measures = [];
    for (const [name, race] of Object.entries(races)) {
      const broken = await repeat(system, race, rounds);
      for (const [what, times] of broken) progress(`${name}: ${what} (${times} times)`);
      const value = [...broken.values()].reduce((total, times) => total + times, 0);
      measures.push({ name: `${name}: rounds`, value: rounds }, { name: `${name}: broken`, value, atMost: 0 });
      progress(`${name}: ${rounds} rounds`);
    }
    return measures;
  },
});

/** What was broken, and how often. */
async function repeat(system: System, race: Race, rounds: number): Promise<Map<string, number>> {
  const [here = '', there = ''] = system.servers.map(({ url }) => url);
  const broken = new Map<string, number>();
  let left = rounds;
  const work = async () => {
    const [owner, one, admin] = await createPeople(system, 3);
    if (!owner || !one || !admin) throw new Error('nobody is there');
    await system.sql`update users set role = 'admin' where id = ${admin.id}`;
    while (left-- > 0) {
      for (const what of await race({ system, here, there, owner, one, admin })) {
        broken.set(what, (broken.get(what) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: roundsAtOnce(race) }, work));
  return broken;
}
