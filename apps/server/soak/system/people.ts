import { randomUUID } from 'node:crypto';
import { createAccessTokens } from '@taskmaster/api';
import { secretKey } from './system.ts';
import type { System } from './system.ts';

export interface Person {
  id: string;
  username: string;
  session_id: string;
  token: string;
}

const tokens = createAccessTokens({ secretKey, algorithm: 'HS256', lifetimeSeconds: 24 * 60 * 60 });

/** Users with a session each, in one statement: ten thousand registrations would take an hour of argon2. */
export async function createPeople({ sql }: Pick<System, 'sql'>, count: number): Promise<Person[]> {
  const people = await Promise.all(
    Array.from({ length: count }, async (): Promise<Person> => {
      const [id, session_id] = [randomUUID(), randomUUID()];
      return { id, session_id, username: `u${id}`, token: await tokens.sign({ user_id: id, session_id }) };
    }),
  );
  const ids = people.map(({ id }) => id);
  const session_ids = people.map((person) => person.session_id);
  await sql.begin(async (tx) => {
    await tx`insert into users (id, email, username, password_hash)
             select id, id || '@example.test', 'u' || id, 'none' from unnest(${ids}::uuid[]) id`;
    await tx`insert into sessions (id, user_id, expires_at)
             select s, u, now() + interval '1 day' from unnest(${session_ids}::uuid[], ${ids}::uuid[]) as new (s, u)`;
    await tx`insert into activity_logs (id, actor_id, action, entity_type, entity_id)
             select gen_random_uuid(), id, 'user.registered', 'user', id from unnest(${ids}::uuid[]) id`;
    await tx`insert into activity_logs (id, actor_id, action, entity_type, entity_id)
             select gen_random_uuid(), u, 'session.started', 'session', s
             from unnest(${session_ids}::uuid[], ${ids}::uuid[]) as new (s, u)`;
  });
  return people;
}
