import type { Actor } from '../shared/actor.ts';
import { isAdmin } from '../shared/actor.ts';
import type { TeamRole } from './teams.model.ts';

/** What a rule needs to know of a team: who owns it, and what the actor is in it (null: no member). */
export interface TeamFacts {
  owner_id: string;
  actor_role: TeamRole | null;
}

const isOwner = (actor: Actor, team: TeamFacts) => team.owner_id === actor.id;
const isManager = (actor: Actor, team: TeamFacts) => team.actor_role === 'manager' || isOwner(actor, team);

export const canSeeTeam = (actor: Actor, team: TeamFacts) => team.actor_role !== null || isAdmin(actor);
export const canChangeTeam = (actor: Actor, team: TeamFacts) => isOwner(actor, team) || isAdmin(actor);
export const canChangeMemberRole = (actor: Actor, team: TeamFacts) => canChangeTeam(actor, team);

/** Only owner and admin hand out, or take away, the role of a manager. */
export const canAddMember = (actor: Actor, team: TeamFacts, role: TeamRole) =>
  role === 'manager' ? canChangeTeam(actor, team) : isManager(actor, team) || isAdmin(actor);

export interface MemberFacts {
  user_id: string;
  role: TeamRole;
}

/** Whoever may add a member may remove one, and everybody may leave. That the owner stays is a rule of its own. */
export const canRemoveMember = (actor: Actor, team: TeamFacts, member: MemberFacts) =>
  member.user_id === actor.id || canAddMember(actor, team, member.role);

/** A task can be put in a team by its members and by admins. */
export const canPutTaskInTeam = (actor: Actor, team: TeamFacts) => canSeeTeam(actor, team);
