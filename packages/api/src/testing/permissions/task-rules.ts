import type { ErrorCode } from '@taskmaster/core/errors';
import { admin, changers, concerned, managers, teamAndAdmin } from './actor-groups.ts';
import type { Fixture } from './fixture.ts';
import type { Input, Rules } from './model.ts';
import type { More } from './rules.ts';
import { withMore } from './rules.ts';

type TaskState = 'own' | 'archived' | 'personal' | 'left_behind' | 'others' | 'absent';

const taskIdOf: Record<TaskState, (fixture: Fixture) => string> = {
  own: ({ task_id }) => task_id,
  archived: ({ archived_task_id }) => archived_task_id,
  personal: ({ personal_task_id }) => personal_task_id,
  left_behind: ({ left_behind_task_id }) => left_behind_task_id,
  others: ({ foreign_task_id }) => foreign_task_id,
  absent: ({ absent_id }) => absent_id,
};

const onTask = (state: TaskState, more: More = {}): Input =>
  withMore((fixture) => ({ task_id: taskIdOf[state](fixture) }), more);

/** Whoever sees the task may. */
export function seers(more: More = {}): Rules {
  const otherwise = 'TASK_NOT_FOUND';
  return {
    own: { input: onTask('own', more), may: teamAndAdmin, otherwise },
    archived: { input: onTask('archived', more), may: teamAndAdmin, otherwise },
    personal: { input: onTask('personal', more), may: concerned, otherwise },
    left_behind: { input: onTask('left_behind', more), may: teamAndAdmin, otherwise },
    others: { input: onTask('others', more), may: admin, otherwise },
    absent: { input: onTask('absent', more), may: [], otherwise },
  };
}

/** Owner, Manager and Admin may; and for what the assignee may change, the assignee. */
export function taskChangers(more: More, alsoAssignee = false): Rules {
  const otherwise = 'TASK_NOT_FOUND';
  const assignee = alsoAssignee ? (['assignee'] as const) : [];
  const may = [...changers, ...assignee];
  return {
    own: { input: onTask('own', more), may, sees: teamAndAdmin, otherwise },
    archived: { input: onTask('archived', more), may, sees: teamAndAdmin, otherwise },
    personal: {
      input: onTask('personal', more),
      may: ['creator', 'admin', ...assignee],
      sees: concerned,
      otherwise,
    },
    left_behind: { input: onTask('left_behind', more), may: managers, sees: teamAndAdmin, otherwise },
    others: { input: onTask('others', more), may: admin, otherwise },
    absent: { input: onTask('absent', more), may: [], otherwise },
  };
}

/** A comment or an attachment, made by `member` on the team's task and by `assignee` on the personal one. */
export function partChangers(part: 'comment' | 'attachment', more: More = {}): Rules {
  const key = `${part}_id`;
  const absent: ErrorCode = part === 'comment' ? 'COMMENT_NOT_FOUND' : 'ATTACHMENT_NOT_FOUND';
  const otherwise = 'TASK_NOT_FOUND';
  const at = (state: TaskState, id: (fixture: Fixture) => string) =>
    onTask(
      state,
      withMore((fixture) => ({ [key]: id(fixture) }), more),
    );
  return {
    own: {
      input: at('own', (fixture) => fixture[`${part}_id`]),
      may: ['member', 'admin'],
      sees: teamAndAdmin,
      otherwise,
    },
    archived: {
      input: at('archived', (fixture) => fixture[`archived_${part}_id`]),
      may: ['member', 'admin'],
      sees: teamAndAdmin,
      otherwise,
    },
    personal: {
      input: at('personal', (fixture) => fixture[`personal_${part}_id`]),
      may: ['assignee', 'admin'],
      sees: concerned,
      otherwise,
    },
    left_behind: {
      input: at('left_behind', (fixture) => fixture[`left_behind_${part}_id`]),
      may: admin,
      sees: teamAndAdmin,
      otherwise,
    },
    others: { input: at('others', (fixture) => fixture[`foreign_${part}_id`]), may: admin, otherwise },
    absent: {
      input: at('own', ({ absent_id }) => absent_id),
      may: [],
      refused: { [absent]: teamAndAdmin },
      otherwise,
    },
    wrong_parent: {
      input: at('own', (fixture) => fixture[`archived_${part}_id`]),
      may: [],
      refused: { [absent]: teamAndAdmin },
      otherwise,
    },
  };
}
