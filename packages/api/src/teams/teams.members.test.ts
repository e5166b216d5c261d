import { describe, expect, test } from 'vitest';
import { outcomeOf, outcomesOf, refusedFields } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const nothing = { activity: [], told: [] };

async function scene() {
  const { person, team } = world();
  const [owner, manager, member] = [await person(), await person(), await person()];
  const { id: team_id } = await team({ owner, managers: [manager], members: [member] });
  const row = { entity_type: 'team', entity_id: team_id, task_id: null, team_id };
  const roleOf = async (user_id: string) =>
    (await owner.api.teams.get({ team_id })).members.find(({ user }) => user.id === user_id)?.role;
  return { owner, manager, member, team_id, row, roleOf };
}

describe('adding', () => {
  test('is recorded, moves the version, and tells the new member', async () => {
    const { manager, team_id, row } = await scene();
    const newcomer = await world().person();
    const { version } = await manager.api.teams.get({ team_id });
    const effects = await world().effectsOf(() => manager.api.teams.addMember({ team_id, user_id: newcomer.id }));
    const details = { user_id: newcomer.id, role: 'member' };
    expect(effects).toEqual({
      outcome: 'OK',
      activity: [{ ...row, actor_id: manager.id, action: 'team.member_added', details }],
      told: [[newcomer.id, 'team_added']],
    });
    expect(await newcomer.api.teams.get({ team_id })).toMatchObject({ version: version + 1 });
  });

  test('by id, address or username, in any case', async () => {
    const { owner, team_id } = await scene();
    const [one, two, three] = [await world().person(), await world().person(), await world().person()];
    const { addMember } = owner.api.teams;
    expect(await addMember({ team_id, user_id: one.id })).toMatchObject({ user: { id: one.id }, role: 'member' });
    expect(await addMember({ team_id, email: two.email.toUpperCase() })).toMatchObject({ user: { id: two.id } });
    expect(await addMember({ team_id, username: three.username.toUpperCase(), role: 'manager' })).toMatchObject({
      user: { id: three.id },
      role: 'manager',
    });
  });

  test('refuses whom there is not, the inactive, and none or two names at once', async () => {
    const { owner, team_id } = await scene();
    const gone = await world().person({ is_active: false });
    const { addMember } = owner.api.teams;
    expect(await refusedFields(addMember({ team_id, user_id: gone.id }))).toEqual(['user_id: unknown_user']);
    expect(await refusedFields(addMember({ team_id, email: 'nobody@example.com' }))).toEqual(['email: unknown_user']);
    expect(await refusedFields(addMember({ team_id, username: 'nobody' }))).toEqual(['username: unknown_user']);
    expect(await outcomeOf(addMember({ team_id }))).toBe('VALIDATION_FAILED');
    expect(await outcomeOf(addMember({ team_id, user_id: gone.id, email: gone.email }))).toBe('VALIDATION_FAILED');
  });

  test('twice is refused, leaves nothing, and does not change the role', async () => {
    const { owner, member, manager, team_id, roleOf } = await scene();
    for (const [user_id, role] of [
      [member.id, 'manager'],
      [manager.id, 'member'],
      [owner.id, 'member'],
    ] as const) {
      const before = await roleOf(user_id);
      expect(await world().effectsOf(() => owner.api.teams.addMember({ team_id, user_id, role }))).toEqual({
        outcome: 'ALREADY_MEMBER',
        ...nothing,
      });
      expect(await roleOf(user_id)).toBe(before);
    }
  });

  test('a manager is for owner and admin to add', async () => {
    const { owner, manager, member, team_id } = await scene();
    const root = await world().admin();
    const add = async (by: typeof owner, role: 'member' | 'manager') =>
      outcomeOf(by.api.teams.addMember({ team_id, user_id: (await world().person()).id, role }));
    expect([await add(owner, 'manager'), await add(root, 'manager')]).toEqual(['OK', 'OK']);
    expect([await add(manager, 'manager'), await add(member, 'manager')]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect([await add(manager, 'member'), await add(member, 'member')]).toEqual(['OK', 'FORBIDDEN']);
  });
});

describe('changing a role', () => {
  test('is for owner and admin; recorded, told, and in force at once', async () => {
    const { owner, member, manager, team_id, row, roleOf } = await scene();
    const change = { team_id, user_id: member.id, role: 'manager' } as const;
    expect(await outcomeOf(manager.api.teams.updateMember(change))).toBe('FORBIDDEN');
    expect(await outcomeOf(member.api.teams.updateMember(change))).toBe('FORBIDDEN');
    const effects = await world().effectsOf(() => owner.api.teams.updateMember(change));
    const details = { user_id: member.id, role: { before: 'member', after: 'manager' } };
    expect(effects).toEqual({
      outcome: 'OK',
      activity: [{ ...row, actor_id: owner.id, action: 'team.member_role_changed', details }],
      told: [[member.id, 'team_role_changed']],
    });
    expect(await roleOf(member.id)).toBe('manager');
    const newcomer = await world().person();
    expect(await outcomeOf(member.api.teams.addMember({ team_id, user_id: newcomer.id }))).toBe('OK');
    expect(await world().effectsOf(() => owner.api.teams.updateMember(change))).toEqual({ outcome: 'OK', ...nothing });
  });

  test('the owner stays a manager; of somebody else there is no role to change', async () => {
    const { owner, team_id, roleOf } = await scene();
    const [root, stranger] = [await world().admin(), await world().person()];
    for (const by of [owner, root]) {
      const { updateMember } = by.api.teams;
      expect(await world().effectsOf(() => updateMember({ team_id, user_id: owner.id, role: 'member' }))).toEqual({
        outcome: 'OWNER_MUST_STAY',
        ...nothing,
      });
      expect(await outcomeOf(updateMember({ team_id, user_id: stranger.id, role: 'member' }))).toBe('MEMBER_NOT_FOUND');
    }
    expect(await roleOf(owner.id)).toBe('manager');
  });
});

describe('removing', () => {
  test('a member: by managers, owner and admin; a manager: by owner and admin', async () => {
    const { person, admin } = world();
    const remove = async (by: 'owner' | 'manager' | 'member' | 'root', whom: 'member' | 'manager') => {
      const all = { ...(await scene()), root: await admin() };
      const victim = await person();
      await all.owner.api.teams.addMember({ team_id: all.team_id, user_id: victim.id, role: whom });
      return outcomeOf(all[by].api.teams.removeMember({ team_id: all.team_id, user_id: victim.id }));
    };
    expect(await remove('manager', 'member')).toBe('OK');
    expect(await remove('owner', 'member')).toBe('OK');
    expect(await remove('root', 'member')).toBe('OK');
    expect(await remove('member', 'member')).toBe('FORBIDDEN');
    expect(await remove('manager', 'manager')).toBe('FORBIDDEN');
    expect(await remove('owner', 'manager')).toBe('OK');
    expect(await remove('root', 'manager')).toBe('OK');
  });

  test('is recorded, moves the version, and tells whom it hit', async () => {
    const { owner, member, team_id, row } = await scene();
    const { version } = await owner.api.teams.get({ team_id });
    const effects = await world().effectsOf(() => owner.api.teams.removeMember({ team_id, user_id: member.id }));
    const details = { user_id: member.id, role: 'member' };
    expect(effects).toEqual({
      outcome: 'OK',
      activity: [{ ...row, actor_id: owner.id, action: 'team.member_removed', details }],
      told: [[member.id, 'team_removed']],
    });
    expect(await owner.api.teams.get({ team_id })).toMatchObject({ version: version + 1 });
  });

  test('the owner is neither removed nor leaves', async () => {
    const { owner, team_id } = await scene();
    const root = await world().admin();
    for (const by of [owner, root]) {
      expect(await world().effectsOf(() => by.api.teams.removeMember({ team_id, user_id: owner.id }))).toEqual({
        outcome: 'OWNER_MUST_STAY',
        ...nothing,
      });
    }
  });

  test('who may remove nobody learns nothing of who is a member', async () => {
    const { member, manager, team_id } = await scene();
    const stranger = await world().person();
    for (const { id: user_id } of [manager, stranger]) {
      expect(await outcomeOf(member.api.teams.removeMember({ team_id, user_id }))).toBe('FORBIDDEN');
    }
    expect(await outcomeOf(manager.api.teams.removeMember({ team_id, user_id: stranger.id }))).toBe('MEMBER_NOT_FOUND');
  });
});

describe('a change of the members for a version of the team', () => {
  test('is made for the current one, and moves it', async () => {
    const { owner, member, team_id } = await scene();
    const newcomer = await world().person();
    const { version } = await owner.api.teams.get({ team_id });
    const { addMember, updateMember, removeMember } = owner.api.teams;
    await addMember({ team_id, user_id: newcomer.id, expected_version: version });
    await updateMember({ team_id, user_id: member.id, role: 'manager', expected_version: version + 1 });
    await removeMember({ team_id, user_id: member.id, expected_version: [version, version + 2] });
    expect(await owner.api.teams.get({ team_id })).toMatchObject({ version: version + 3 });
  });

  test('is refused for an old one, and changes nothing', async () => {
    const { owner, member, team_id } = await scene();
    const newcomer = await world().person();
    const { version } = await owner.api.teams.get({ team_id });
    const stale = { team_id, expected_version: version - 1 };
    const { addMember, updateMember, removeMember } = owner.api.teams;
    for (const change of [
      () => addMember({ ...stale, user_id: newcomer.id }),
      () => updateMember({ ...stale, user_id: member.id, role: 'manager' }),
      () => updateMember({ ...stale, user_id: member.id, role: 'member' }),
      () => removeMember({ ...stale, user_id: member.id }),
    ]) {
      expect(await world().effectsOf(change)).toEqual({ outcome: 'STALE_VERSION', ...nothing });
    }
    expect(await owner.api.teams.get({ team_id })).toMatchObject({ version });
  });

  test('of many at once one is made', async () => {
    const { owner, team_id } = await scene();
    const { version } = await owner.api.teams.get({ team_id });
    const newcomers = await Promise.all(Array.from({ length: 8 }, () => world().person()));
    const outcomes = await outcomesOf(
      newcomers.map(({ id }) => owner.api.teams.addMember({ team_id, user_id: id, expected_version: version })),
    );
    expect(outcomes).toEqual(['OK', ...Array.from({ length: 7 }, () => 'STALE_VERSION')]);
  });

  test('tells nobody the version who may not make it', async () => {
    const { member, team_id } = await scene();
    const { id: user_id } = await world().person();
    expect(await outcomeOf(member.api.teams.addMember({ team_id, user_id, expected_version: 0 }))).toBe('FORBIDDEN');
  });
});
