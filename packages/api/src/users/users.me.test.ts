import { activityLogs } from '@taskmaster/core/tables';
import { and, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf, outcomesOf, refusedFields } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const nothing = { activity: [], told: [] };

test('shows me, and no hash of my password', async () => {
  const ann = await world().person({ full_name: 'Ann Example' });
  const me = await ann.api.users.me();
  expect(Object.keys(me).toSorted()).toEqual([
    'created_at',
    'email',
    'full_name',
    'id',
    'is_active',
    'role',
    'updated_at',
    'username',
  ]);
  expect(me).toMatchObject({ id: ann.id, full_name: 'Ann Example', role: 'user', is_active: true });
});

describe('changing my profile', () => {
  test('any part of it, with one row of what it was and is, and no name in the log itself', async () => {
    const ann = await world().person();
    const email = `new-${ann.id}@example.com`;
    const effects = await world().effectsOf(() => ann.api.users.updateMe({ email, full_name: 'Ann' }));
    expect(effects).toEqual({
      outcome: 'OK',
      activity: [
        {
          action: 'user.updated',
          actor_id: ann.id,
          entity_type: 'user',
          entity_id: ann.id,
          task_id: null,
          team_id: null,
          details: {
            email: { changed: true },
            full_name: { changed: true },
            personal_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
        },
      ],
      told: [],
    });
    expect((await ann.api.activity.mine({})).items[0]?.details).toEqual({
      email: { before: ann.email, after: email },
      full_name: { before: null, after: 'Ann' },
    });
    expect(await ann.api.users.me()).toMatchObject({ email, full_name: 'Ann', username: ann.username });
    expect(await ann.api.users.updateMe({ full_name: null })).toMatchObject({ full_name: null });
  });

  test('to what it is leaves no trace', async () => {
    const ann = await world().person();
    const me = await ann.api.users.me();
    for (const patch of [{}, { email: ann.email }, { username: ann.username, full_name: null }]) {
      expect(await world().effectsOf(() => ann.api.users.updateMe(patch))).toEqual({ outcome: 'OK', ...nothing });
    }
    expect(await ann.api.users.me()).toEqual(me);
  });

  test('to what is taken, in any case, is refused; the case of my own name is mine to change', async () => {
    const [ann, bob] = [await world().person(), await world().person()];
    const { updateMe } = ann.api.users;
    expect(await world().effectsOf(() => updateMe({ email: bob.email.toUpperCase() }))).toEqual({
      outcome: 'EMAIL_TAKEN',
      ...nothing,
    });
    expect(await outcomeOf(updateMe({ username: bob.username.toUpperCase() }))).toBe('USERNAME_TAKEN');
    expect(await outcomeOf(updateMe({ username: ann.username.toUpperCase() }))).toBe('OK');
  });

  test('ten at once to one name: one gets it', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => world().person()));
    const outcomes = await outcomesOf(people.map(({ api }) => api.users.updateMe({ username: 'everybody' })));
    expect(outcomes).toEqual(['OK', ...Array.from({ length: 9 }, () => 'USERNAME_TAKEN')]);
  });
});

describe('changing my password', () => {
  test('ends every other session and keeps this one; recorded without either password', async () => {
    const { person, elsewhere, effectsOf, anonymous } = world();
    const ann = await person();
    const [phone, tablet] = [await elsewhere(ann), await elsewhere(ann)];
    const login = await anonymous.auth.login({ email: ann.email, password });
    const new_password = 'another-horse-battery';
    const effects = await effectsOf(() => ann.api.users.changePassword({ current_password: password, new_password }));
    expect(effects.outcome).toBe('OK');
    expect(effects.activity.map(({ action }) => action)).toEqual([
      'user.password_changed',
      'session.ended',
      'session.ended',
      'session.ended',
    ]);
    expect(effects.activity[1]?.details).toEqual({ reason: 'password_changed', user_id: ann.id });
    expect(JSON.stringify(effects)).not.toContain('horse');
    expect(await outcomesOf([phone.users.me(), tablet.users.me()])).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    const { refresh_token } = login;
    expect(await outcomeOf(anonymous.auth.refresh({ refresh_token }))).toBe('INVALID_REFRESH_TOKEN');
    expect(await outcomeOf(ann.api.users.me())).toBe('OK');
    expect(await outcomeOf(anonymous.auth.login({ email: ann.email, password }))).toBe('INVALID_CREDENTIALS');
    expect(await outcomeOf(anonymous.auth.login({ email: ann.email, password: new_password }))).toBe('OK');
  });

  test('with a wrong current one is refused at that field and recorded, and changes nothing', async () => {
    const { person, elsewhere, effectsOf, anonymous, db } = world();
    const ann = await person();
    const phone = await elsewhere(ann);
    const change = () =>
      ann.api.users.changePassword({ current_password: 'wrong-horse', new_password: 'another-horse-battery' });
    expect(await refusedFields(change())).toEqual(['current_password: wrong_password']);
    expect(await effectsOf(change)).toEqual({ outcome: 'VALIDATION_FAILED', ...nothing });
    const refusals = db
      .select({ details: activityLogs.details })
      .from(activityLogs)
      .where(and(eq(activityLogs.actor_id, ann.id), eq(activityLogs.action, 'user.refused')));
    const details = { operation: 'users.changePassword', reason: 'wrong password' };
    expect(await refusals).toEqual([{ details }, { details }]);
    expect(await outcomeOf(phone.users.me())).toBe('OK');
    expect(await outcomeOf(anonymous.auth.login({ email: ann.email, password }))).toBe('OK');
  });
});
