import { AppError, invalidField } from '@taskmaster/core/errors';
import type { AddMemberInput } from '@taskmaster/core/contracts';
import * as policy from '@taskmaster/core/policies';
import type { Transaction } from '@taskmaster/database';
import { uuidv7 } from 'uuidv7';
import type { Entry } from '../activity/activity.repository.ts';
import { record } from '../activity/activity.repository.ts';
import { notify } from '../notifications/notify.ts';
import type { TeamsService } from '../services.ts';
import { authorize, found } from '../shared/authorize.ts';
import { changedOf, changesOf } from '../shared/changes.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { requireVersion } from '../shared/version.ts';
import { write } from '../shared/write.ts';
import { unassignInTeam } from '../tasks/unassign-in-team.ts';
import * as usersRepository from '../users/users.repository.ts';
import { loadTeam } from './load-team.ts';
import { loadTeamForWrite } from './load-team-for-write.ts';
import { presentChangedMember, presentTeam, presentTeamDetail } from './teams.presenter.ts';
import * as repository from './teams.repository.ts';

const aboutTeam = (team: { id: string }): Pick<Entry, 'entity_type' | 'entity_id' | 'team_id'> => ({
  entity_type: 'team',
  entity_id: team.id,
  team_id: team.id,
});

export function createTeamsService(deps: Deps): TeamsService {
  const { db } = deps;

  async function loadMember(tx: Transaction, team_id: string, user_id: string) {
    return found(await repository.findMember(tx, team_id, user_id), 'MEMBER_NOT_FOUND');
  }

  async function findNewMember(tx: Transaction, { user_id, email, username }: AddMemberInput) {
    const [field, by] =
      user_id !== undefined
        ? (['user_id', { user_id }] as const)
        : email !== undefined
          ? (['email', { email }] as const)
          : (['username', { username: username ?? '' }] as const);
    const user = await usersRepository.findActive(tx, by);
    if (!user) throw invalidField(field, 'There is no such active user', 'unknown_user');
    return user;
  }

  return {
    async create(ctx, { name, description = null }) {
      return write(deps, ctx, async (tx) => {
        const inserted = await repository.insert(tx, { id: uuidv7(), name, description, owner_id: ctx.actor.id });
        await repository.insertMember(tx, { team_id: inserted.id, user_id: ctx.actor.id, role: 'manager' });

        await record(tx, ctx, { action: 'team.created', ...aboutTeam(inserted), details: { name } });
        return presentTeam(inserted);
      });
    },

    async list({ actor }, query) {
      const { items, counted } = await repository.listOf(db, actor, query);
      return toPage(items.map(presentTeam), counted, query);
    },

    async get({ actor }, { team_id }) {
      const team = await loadTeam(db, actor, team_id);
      return presentTeamDetail(team, await repository.members(db, team_id));
    },

    async update(ctx, { team_id, expected_version, ...patch }) {
      const team = await write(deps, ctx, async (tx) => {
        const before = await loadTeamForWrite(tx, ctx.actor, team_id);

        authorize(policy.canChangeTeam(ctx.actor, before));
        requireVersion(before, expected_version);

        const changes = changesOf({ ...before }, patch);
        if (Object.keys(changes).length === 0) return before;
        const after = await repository.update(tx, team_id, changedOf(patch, changes));

        await record(tx, ctx, { action: 'team.updated', ...aboutTeam(before), details: changes });
        return after;
      });
      return presentTeam(team);
    },

    async delete(ctx, { team_id, expected_version }) {
      await write(deps, ctx, async (tx) => {
        const team = await loadTeamForWrite(tx, ctx.actor, team_id);

        authorize(policy.canChangeTeam(ctx.actor, team));
        requireVersion(team, expected_version);

        const members = await repository.members(tx, team_id);
        await repository.remove(tx, team_id);

        const details = { name: team.name, member_ids: members.map(({ user }) => user.id) };
        await record(tx, ctx, { action: 'team.deleted', ...aboutTeam(team), details });
        const title = `The team “${team.name}” was deleted`;
        const told = members.map(({ user }) => ({ user_id: user.id, type: 'team_removed', title, team_id }) as const);
        await notify(tx, ctx, ...told);
      });
    },

    async addMember(ctx, input) {
      const { team_id, role, expected_version } = input;
      const stillSees = (tx: Transaction) => loadTeam(tx, ctx.actor, team_id);
      return write(deps, { ...ctx, stillSees }, async (tx) => {
        const team = await loadTeamForWrite(tx, ctx.actor, team_id);

        authorize(policy.canAddMember(ctx.actor, team, role));
        requireVersion(team, expected_version);

        const user = await findNewMember(tx, input);
        const isNew = await repository.insertMember(tx, { team_id, user_id: user.id, role });
        if (!isNew) throw new AppError('ALREADY_MEMBER');
        const changed = await repository.update(tx, team_id);

        const details = { user_id: user.id, role };
        await record(tx, ctx, { action: 'team.member_added', ...aboutTeam(team), details });
        const title = `You were added to the team “${team.name}”`;
        await notify(tx, ctx, { user_id: user.id, type: 'team_added', title, team_id });
        return presentChangedMember(await loadMember(tx, team_id, user.id), changed);
      });
    },

    async updateMember(ctx, { team_id, user_id, role, expected_version }) {
      return write(deps, ctx, async (tx) => {
        const team = await loadTeamForWrite(tx, ctx.actor, team_id);

        authorize(policy.canChangeMemberRole(ctx.actor, team));
        requireVersion(team, expected_version);
        const before = await loadMember(tx, team_id, user_id);
        if (user_id === team.owner_id && role !== 'manager') throw new AppError('OWNER_MUST_STAY');
        if (before.role === role) return presentChangedMember(before, team);

        await repository.updateMember(tx, team_id, user_id, role);
        const changed = await repository.update(tx, team_id);

        const details = { user_id, role: { before: before.role, after: role } };
        await record(tx, ctx, { action: 'team.member_role_changed', ...aboutTeam(team), details });
        const title = `You are now a ${role} of the team “${team.name}”`;
        await notify(tx, ctx, { user_id, type: 'team_role_changed', title, team_id });
        return presentChangedMember({ ...before, role }, changed);
      });
    },

    async removeMember(ctx, { team_id, user_id, expected_version }) {
      await write(deps, ctx, async (tx) => {
        const team = await loadTeamForWrite(tx, ctx.actor, team_id);
        const member = await repository.findMember(tx, team_id, user_id);

        // Who may remove nobody learns nothing of who is a member.
        authorize(policy.canRemoveMember(ctx.actor, team, { user_id, role: member?.role ?? 'member' }));
        requireVersion(team, expected_version);
        const { role } = found(member, 'MEMBER_NOT_FOUND');
        if (user_id === team.owner_id) throw new AppError('OWNER_MUST_STAY');

        await repository.deleteMember(tx, team_id, user_id);
        await unassignInTeam(tx, ctx, team_id, user_id);
        await repository.update(tx, team_id);

        await record(tx, ctx, { action: 'team.member_removed', ...aboutTeam(team), details: { user_id, role } });
        const title = `You were removed from the team “${team.name}”`;
        await notify(tx, ctx, { user_id, type: 'team_removed', title, team_id });
      });
    },
  };
}
