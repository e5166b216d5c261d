import type { ErrorCode } from '@taskmaster/core/errors';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Household } from '../testing/belongings.ts';
import { createHousehold } from '../testing/belongings.ts';
import type { Person } from '../testing/factories.ts';
import { everybodysPassword } from '../testing/factories.ts';
import type { Call } from '../testing/surfaces.ts';
import { askRest, askRpc, restProcedures, withoutChance } from '../testing/surfaces.ts';
import { useTestServer } from '../testing/use-test-server.ts';

// Successes, and what each procedure refuses to whom, are compared by permissions.test.ts; here is what else is refused.

const server = useTestServer();
let home: Household;
let admin: Person;

beforeAll(async () => {
  home = await createHousehold(server());
  admin = await server().admin();
});

async function hearBoth(call: Call) {
  const rest = withoutChance(await askRest(server(), call));
  return { rest, rpc: withoutChance(await askRpc(server(), call)) };
}

/** The ids of what is there, as far as the procedure's path takes some. */
const inputOf = (path: string) =>
  Object.fromEntries(Object.entries(home.ids).filter(([name]) => path.includes(`{${name}}`)));

describe('input that does not fit is refused in the same words', () => {
  it.each(restProcedures)('$path: a key that it does not know', async ({ path, meta }) => {
    const input = { ...inputOf(meta.openapi?.path ?? ''), nonsense: 'x' };
    const { rest, rpc } = await hearBoth({ operation: path, input, token: admin.token });
    expect(rpc).toEqual(rest);
    expect(rest).toMatchObject({ outcome: 'VALIDATION_FAILED', status: 422 });
    expect(rest).toHaveProperty('errors', expect.arrayContaining([expect.objectContaining({ path: 'nonsense' })]));
  });

  const withIds = restProcedures.filter(({ meta }) => meta.openapi?.path.includes('{'));
  it.each(withIds)('$path: what is no id', async ({ path, meta }) => {
    const input = Object.fromEntries(Object.keys(inputOf(meta.openapi?.path ?? '')).map((name) => [name, 'nope']));
    const { rest, rpc } = await hearBoth({ operation: path, input, token: admin.token });
    expect(rpc).toEqual(rest);
    expect(rest).toMatchObject({ outcome: 'VALIDATION_FAILED', status: 422 });
  });
});

describe('what only the state refuses is refused alike', () => {
  const cases: Partial<Record<ErrorCode, () => Call>> = {
    INVALID_CREDENTIALS: () => ({ operation: 'auth.login', input: { email: 'nobody', password: 'wrong' } }),
    INVALID_REFRESH_TOKEN: () => ({ operation: 'auth.refresh', input: { refresh_token: 'none' } }),
    EMAIL_TAKEN: () => ({ operation: 'users.updateMe', input: { email: admin.email }, token: home.owner.token }),
    USERNAME_TAKEN: () => ({
      operation: 'auth.register',
      input: { email: 'new@example.com', username: admin.username, password: everybodysPassword },
    }),
    ALREADY_MEMBER: () => ({
      operation: 'teams.addMember',
      input: { team_id: home.ids['team_id'], user_id: home.ids['user_id'] },
      token: home.owner.token,
    }),
    OWNER_MUST_STAY: () => ({
      operation: 'teams.removeMember',
      input: { team_id: home.ids['team_id'], user_id: home.owner.id },
      token: home.owner.token,
    }),
    LAST_ADMIN: () => ({ operation: 'users.update', input: { user_id: admin.id, role: 'user' }, token: admin.token }),
    STALE_VERSION: () => ({
      operation: 'tasks.update',
      input: { task_id: home.ids['task_id'], title: 'late', expected_version: 99 },
      token: home.owner.token,
    }),
    VALIDATION_FAILED: () => ({
      operation: 'users.changePassword',
      input: { current_password: 'wrong', new_password: everybodysPassword },
      token: home.owner.token,
    }),
  };

  it.each(Object.entries(cases))('%s', async (code, call) => {
    const { rest, rpc } = await hearBoth(call());
    expect(rpc).toEqual(rest);
    expect(rest.outcome).toBe(code);
  });
});
