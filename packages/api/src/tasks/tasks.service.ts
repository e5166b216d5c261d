import { invalidField } from '@taskmaster/core/errors';
import type { ActivityAction, Task, UpdateTaskInput } from '@taskmaster/core/contracts';
import * as policy from '@taskmaster/core/policies';
import type { Transaction } from '@taskmaster/database';
import { uuidv7 } from 'uuidv7';
import type { Entry } from '../activity/activity.repository.ts';
import { record } from '../activity/activity.repository.ts';
import { countSearch } from '../limits/count-search.ts';
import { notify } from '../notifications/notify.ts';
import type { TasksService } from '../services.ts';
import { authorize } from '../shared/authorize.ts';
import type { Changes } from '../shared/changes.ts';
import { askedOf, changedOf, changesOf } from '../shared/changes.ts';
import type { ActorContext } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { requireVersion } from '../shared/version.ts';
import { write } from '../shared/write.ts';
import { loadTeam } from '../teams/load-team.ts';
import * as teamsRepository from '../teams/teams.repository.ts';
import * as usersRepository from '../users/users.repository.ts';
import { listTasks } from './tasks-list.repository.ts';
import { loadTask } from './load-task.ts';
import { loadTaskForWrite } from './load-task-for-write.ts';
import { noticesOf } from './tasks-notices.ts';
import type { TaskRow } from './tasks-columns.sql.ts';
import { presentTask } from './tasks.presenter.ts';
import * as repository from './tasks.repository.ts';

const aboutTask = (
  task: Pick<TaskRow, 'id' | 'team_id'>,
): Pick<Entry, 'entity_type' | 'entity_id' | 'task_id' | 'team_id'> => ({
  entity_type: 'task',
  entity_id: task.id,
  task_id: task.id,
  team_id: task.team_id,
});

const dateOf = (value: string | null | undefined) => (typeof value === 'string' ? new Date(value) : value);

export function createTasksService(deps: Deps): TasksService {
  const { db } = deps;

  async function requireTeam(tx: Transaction, ctx: ActorContext, team_id: string | null | undefined) {
    if (typeof team_id !== 'string') return;
    const team = await teamsRepository.findById(tx, ctx.actor, team_id);
    if (team && policy.canPutTaskInTeam(ctx.actor, team)) return;
    throw invalidField('team_id', 'Is not a team that you may put a task in', 'unknown_team');
  }

  async function requireAssignee(tx: Transaction, task: Pick<TaskRow, 'assigned_to_id' | 'team_id'>) {
    const { assigned_to_id, team_id } = task;
    if (assigned_to_id === null) return;
    if (team_id !== null && !(await teamsRepository.findMember(tx, team_id, assigned_to_id))) {
      throw invalidField('assigned_to_id', "Is not a member of the task's team", 'not_a_member');
    }
    // After the team and the task, as everywhere: a deactivation comes wholly before, or after.
    if (await usersRepository.lockActive(tx, assigned_to_id)) return;
    throw invalidField('assigned_to_id', 'There is no such active user', 'unknown_user');
  }

  async function changeTask(ctx: ActorContext, input: UpdateTaskInput): Promise<Task> {
    const { task_id, expected_version, due_date, ...rest } = input;
    const patch = { ...rest, due_date: dateOf(due_date) };
    const stillSees = (tx: Transaction) => loadTask(tx, ctx.actor, task_id);
    return write(deps, { ...ctx, stillSees }, async (tx) => {
      const before = await loadTaskForWrite(tx, ctx.actor, task_id, patch.team_id);
      const asked = askedOf(patch);

      authorize(policy.canUpdateTask(ctx.actor, before, Object.keys(asked)));
      requireVersion(before, expected_version);

      const changes = changesOf({ ...before }, patch);
      if (Object.keys(changes).length === 0) return presentTask(before);
      if (changes['team_id']) await requireTeam(tx, ctx, patch.team_id);
      if (changes['team_id'] || changes['assigned_to_id']) await requireAssignee(tx, { ...before, ...asked });

      const next = { ...before, ...asked };
      const [after] = await Promise.all([
        repository.update(tx, task_id, changedOf(patch, changes)),
        record(tx, ctx, { action: actionOf(changes), ...aboutTask(next), details: changes }),
        notify(tx, ctx, ...noticesOf(next, changes, before)),
      ]);
      return presentTask(after);
    });
  }

  return {
    async create(ctx, { due_date, assigned_to_id = null, team_id = null, description = null, ...rest }) {
      return write(deps, ctx, async (tx) => {
        await Promise.all([
          team_id === null ? undefined : teamsRepository.lockShared(tx, team_id),
          requireTeam(tx, ctx, team_id),
        ]);
        await requireAssignee(tx, { assigned_to_id, team_id });

        const task = {
          id: uuidv7(),
          ...rest,
          description,
          assigned_to_id,
          team_id,
          due_date: dateOf(due_date) ?? null,
          is_archived: false,
          created_by_id: ctx.actor.id,
        };
        const details = { title: task.title, assigned_to_id };
        const [inserted] = await Promise.all([
          repository.insert(tx, task),
          record(tx, ctx, { action: 'task.created', ...aboutTask(task), details }),
          notify(tx, ctx, ...noticesOf(task, changesOf({ assigned_to_id: null }, { assigned_to_id }))),
        ]);
        return presentTask(inserted);
      });
    },

    async list(ctx, query) {
      await countSearch(deps, ctx, query);
      const { items, counted } = await listTasks(db, { sphereOf: ctx.actor }, query);
      return toPage(items.map(presentTask), counted, query);
    },

    async listByTeam(ctx, query) {
      await countSearch(deps, ctx, query);
      const { team_id } = query;
      await loadTeam(db, ctx.actor, team_id);
      const { items, counted } = await listTasks(db, { team_id }, query);
      return toPage(items.map(presentTask), counted, query);
    },

    async get({ actor }, { task_id }) {
      return presentTask(await loadTask(db, actor, task_id));
    },

    update: changeTask,
    archive: async (ctx, input) => void (await changeTask(ctx, { ...input, is_archived: true })),
    assign: changeTask,

    async watch(ctx, input, signal) {
      if (input?.team_id !== undefined) await loadTeam(db, ctx.actor, input.team_id);
      return deps.hub.watchTasks(ctx, input, signal);
    },
  };
}

/** The one action that names a change: the narrow ones where nothing else changed with it. */
function actionOf(changes: Changes): ActivityAction {
  const [field, ...more] = Object.keys(changes);
  const change = more.length === 0 && field !== undefined ? changes[field] : undefined;
  if (field === 'is_archived' && change) return change.after === true ? 'task.archived' : 'task.restored';
  if (field === 'assigned_to_id' && change) return change.after === null ? 'task.unassigned' : 'task.assigned';
  return 'task.updated';
}
