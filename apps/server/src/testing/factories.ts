import {
  Attachment,
  Comment,
  NotificationPage,
  SessionPage,
  Task,
  Team,
  TokenPair,
  User,
} from '@taskmaster/core/contracts';
import type { Notification, Session, UserRole } from '@taskmaster/core/contracts';
import { users } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { eq } from 'drizzle-orm';
import type { Answer, Asking, HttpClient } from './http-client.ts';

/** Of everybody that is made here. */
export const everybodysPassword = 'correct-horse-battery';

/** Somebody who is logged in. */
export interface Person {
  id: string;
  email: string;
  username: string;
  token: string;
  refresh_token: string;
  /** Asks below `/api/v1` with the person's token. */
  ask: (method: string, path: string, body?: unknown, asking?: Asking) => Promise<Answer>;
}

let made = 0;

/** Makes what a test needs as a client would, with the parents that it did not name. */
export function createFactories(client: HttpClient, db: Database) {
  async function person({ username = `user-${++made}`, role = 'user' }: { username?: string; role?: UserRole } = {}) {
    const email = `${username}@example.com`;
    const given = { email, username, password: everybodysPassword };
    const { id } = (await client.rest('POST', '/auth/register', { body: given })).as(User);
    // There is no request that makes an admin.
    if (role === 'admin') await db.update(users).set({ role }).where(eq(users.id, id));
    return { ...(await login({ id, email, username })) } satisfies Person;
  }

  /** Another session of the same user. */
  async function login({ id, email, username }: Pick<Person, 'id' | 'email' | 'username'>): Promise<Person> {
    const answer = await client.rest('POST', '/auth/login', { body: { email, password: everybodysPassword } });
    const { access_token: token, refresh_token } = answer.as(TokenPair);
    const ask: Person['ask'] = (method, path, body, asking) => client.rest(method, path, { token, body, ...asking });
    return { id, email, username, token, refresh_token, ask };
  }

  async function team({
    owner,
    name = 'a team',
    members = [],
    managers = [],
  }: { owner?: Person; name?: string; members?: readonly Person[]; managers?: readonly Person[] } = {}): Promise<Team> {
    const { ask } = owner ?? (await person());
    const made = (await ask('POST', '/teams', { name })).as(Team);
    for (const { id } of members) await add(ask, made, id, 'member');
    for (const { id } of managers) await add(ask, made, id, 'manager');
    return made;
  }

  async function add(ask: Person['ask'], { id }: Team, user_id: string, role: string): Promise<void> {
    const { status, text } = await ask('POST', `/teams/${id}/members`, { user_id, role });
    if (status !== 201) throw new Error(text);
  }

  async function task({ by, ...input }: { by?: Person } & Record<string, unknown> = {}): Promise<Task> {
    const { ask } = by ?? (await person());
    return (await ask('POST', '/tasks', { title: 'a task', ...input })).as(Task);
  }

  async function comment({ by, on }: { by: Person; on: Task }): Promise<Comment> {
    return (await by.ask('POST', `/tasks/${on.id}/comments`, { content: 'a comment' })).as(Comment);
  }

  async function attachment({ by, on }: { by: Person; on: Task }): Promise<Attachment> {
    const answer = await by.ask('POST', `/tasks/${on.id}/attachments`, undefined, multipart('a.txt', 'some bytes'));
    return answer.as(Attachment);
  }

  /** The one that somebody gets who is assigned a task. */
  async function notification({ to, by }: { to: Person; by: Person }): Promise<Notification> {
    await task({ by, assigned_to_id: to.id });
    const [newest] = (await to.ask('GET', '/notifications')).as(NotificationPage).items;
    if (!newest) throw new Error('nobody was told');
    return newest;
  }

  /** Another one than that of the person's token. */
  async function session({ of }: { of: Person }): Promise<Session> {
    await login(of);
    const page = (await of.ask('GET', '/auth/sessions')).as(SessionPage);
    const other = page.items.find(({ is_current }) => !is_current);
    if (!other) throw new Error('there is no other session');
    return other;
  }

  return {
    person,
    admin: () => person({ role: 'admin' }),
    login,
    session,
    team,
    task,
    comment,
    attachment,
    notification,
  };
}

/** A body with one file in it. */
export function multipart(filename: string, content: string): { raw: string; headers: Record<string, string> } {
  const boundary = 'test-boundary';
  const head = `Content-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: text/plain`;
  return {
    raw: `--${boundary}\r\n${head}\r\n\r\n${content}\r\n--${boundary}--\r\n`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}
