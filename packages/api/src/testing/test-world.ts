import { createTestDatabase } from '@taskmaster/testing';
import type { TestDatabaseOptions } from '@taskmaster/testing';
import type { Deps } from '../shared/deps.ts';
import { effectsOf } from './effects.ts';
import { createFactories } from './factories.ts';
import { createPeople } from './people.ts';
import { createCountingHub, createTestDeps } from './test-deps.ts';

export interface TestWorldOptions extends TestDatabaseOptions {
  deps?: Partial<Deps>;
}

/** A real, empty database with the whole API on it, and people to call it. */
export async function createTestWorld({ deps: replaced, ...options }: TestWorldOptions = {}) {
  const database = await createTestDatabase(options);
  const { db, sql, owner } = database;
  const hub = createCountingHub();
  const deps = createTestDeps(db, { hub, ...replaced });
  const people = createPeople(deps);
  return {
    db,
    sql,
    owner,
    hub,
    deps,
    ...people,
    ...createFactories(people),
    effectsOf: (call: () => Promise<unknown>) => effectsOf(db, call),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

export type TestWorld = Awaited<ReturnType<typeof createTestWorld>>;
