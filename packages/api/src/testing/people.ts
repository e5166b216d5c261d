import type { UserRole } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { sessions, users } from '@taskmaster/core/tables';
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { authenticate } from '../auth/authenticate.ts';
import { findActor } from '../auth/auth.repository.ts';
import { createServices } from '../create-services.ts';
import { AppError } from '@taskmaster/core/errors';
import { appRouter } from '../router.ts';
import type { Context, Origin } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { cheapPasswords } from './test-deps.ts';

export type Caller = ReturnType<typeof appRouter.createCaller>;

/** Somebody who is logged in. `api` reads role and session anew with each call, as a request does. */
export interface Person {
  id: string;
  email: string;
  username: string;
  session_id: string;
  api: Caller;
}

export interface NewPerson {
  username?: string;
  role?: UserRole;
  is_active?: boolean;
  full_name?: string;
}

/** Of everybody whom `createPeople` makes. */
export const everybodysPassword = 'correct-horse-battery';

const origin: Origin = { request_id: 'test', ip_address: '192.0.2.1', user_agent: 'vitest' };

export function createPeople(deps: Deps) {
  const services = createServices(deps);

  function callerOf(readActor: () => Promise<Actor>): Caller {
    return appRouter.createCaller((): Context => {
      let pending: Promise<Actor> | undefined;
      return { ...origin, services, authenticate: () => (pending ??= readActor()) };
    });
  }

  const anonymous = callerOf(async () => {
    throw new AppError('UNAUTHENTICATED');
  });

  /** Whoever holds this access token. */
  const bearer = (token: string) => callerOf(async () => (await authenticate(deps, token)).actor);

  function inSession(claims: { sub: string; sid: string }): Caller {
    return callerOf(async () => {
      const actor = await findActor(deps.db, claims);
      if (!actor) throw new AppError('UNAUTHENTICATED');
      return actor;
    });
  }

  async function person({ username, role = 'user', ...rest }: NewPerson = {}): Promise<Person> {
    const [id, session_id] = [uuidv7(), uuidv7()];
    const name = username ?? `user-${id}`;
    const email = `${name}@example.com`;
    const password_hash = await cheapPasswords.hash(everybodysPassword);
    await deps.db.insert(users).values({ id, email, username: name, password_hash, role, ...rest });
    await startSession(id, session_id);
    return { id, email, username: name, session_id, api: inSession({ sub: id, sid: session_id }) };
  }

  /** Another device of the same user. */
  async function elsewhere({ id }: Person): Promise<Caller> {
    const session_id = uuidv7();
    await startSession(id, session_id);
    return inSession({ sub: id, sid: session_id });
  }

  async function startSession(user_id: string, id: string) {
    await deps.db.insert(sessions).values({ id, user_id, expires_at: sql`now() + interval '1 day'` });
  }

  return { anonymous, bearer, inSession, person, elsewhere, admin: () => person({ role: 'admin' }) };
}
