import type { Actor } from '../shared/actor.ts';
import { isAdmin } from '../shared/actor.ts';
import type { TeamRole } from '../teams/teams.model.ts';

/** What a rule needs to know of a task, and what the actor is in its team (null: no team, or no member of it). */
export interface TaskFacts {
  created_by_id: string;
  assigned_to_id: string | null;
  team_id: string | null;
  actor_team_role: TeamRole | null;
}

const isHis = (actor: Actor, task: TaskFacts) => actor.id === task.created_by_id || actor.id === task.assigned_to_id;

/** The rule without the admin's right to everything: what `GET /tasks` lists. The SQL form is `visibleTo`. */
export const isInSphere = (actor: Actor, task: TaskFacts) =>
  task.team_id === null ? isHis(actor, task) : task.actor_team_role !== null;

export const canSeeTask = (actor: Actor, task: TaskFacts) => isInSphere(actor, task) || isAdmin(actor);

/** Update, archive, restore, assign. */
export const canChangeTask = (actor: Actor, task: TaskFacts) =>
  canSeeTask(actor, task) && (actor.id === task.created_by_id || task.actor_team_role === 'manager' || isAdmin(actor));

/** The assignee may change the status, and nothing beside it. */
export const canUpdateTask = (actor: Actor, task: TaskFacts, fields: readonly string[]) =>
  canChangeTask(actor, task) ||
  (canSeeTask(actor, task) && actor.id === task.assigned_to_id && fields.every((field) => field === 'status'));
