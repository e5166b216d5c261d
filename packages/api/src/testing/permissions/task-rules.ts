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

type Part = 'comment' | 'attachment';

const absentPart = { comment: 'COMMENT_NOT_FOUND', attachment: 'ATTACHMENT_NOT_FOUND' } as const satisfies Record<
  Part,
  ErrorCode
>;

/** The comment or the attachment of a task; of none; and of another task than the one it is asked for at. */
function partInputs(part: Part, more: More) {
  const at = (state: TaskState, id: (fixture: Fixture) => string) =>
    onTask(
      state,
      withMore((fixture) => ({ [`${part}_id`]: id(fixture) }), more),
    );
  return {
    own: at('own', (fixture) => fixture[`${part}_id`]),
    archived: at('archived', (fixture) => fixture[`archived_${part}_id`]),
    personal: at('personal', (fixture) => fixture[`personal_${part}_id`]),
    left_behind: at('left_behind', (fixture) => fixture[`left_behind_${part}_id`]),
    others: at('others', (fixture) => fixture[`foreign_${part}_id`]),
    absent: at('own', ({ absent_id }) => absent_id),
    wrong_parent: at('own', (fixture) => fixture[`archived_${part}_id`]),
  };
}

/** Whoever sees the task may. */
export function partSeers(part: Part, more: More = {}): Rules {
  const otherwise = 'TASK_NOT_FOUND';
  const inputs = partInputs(part, more);
  const refused = { [absentPart[part]]: teamAndAdmin };
  return {
    own: { input: inputs.own, may: teamAndAdmin, otherwise },
    archived: { input: inputs.archived, may: teamAndAdmin, otherwise },
    personal: { input: inputs.personal, may: concerned, otherwise },
    left_behind: { input: inputs.left_behind, may: teamAndAdmin, otherwise },
    others: { input: inputs.others, may: admin, otherwise },
    absent: { input: inputs.absent, may: [], refused, otherwise },
    wrong_parent: { input: inputs.wrong_parent, may: [], refused, otherwise },
  };
}

/** Who made it may: `member` on the team's task, `assignee` on the personal one. */
export function partChangers(part: Part, more: More = {}): Rules {
  const otherwise = 'TASK_NOT_FOUND';
  const inputs = partInputs(part, more);
  const refused = { [absentPart[part]]: teamAndAdmin };
  return {
    own: { input: inputs.own, may: ['member', 'admin'], sees: teamAndAdmin, otherwise },
    archived: { input: inputs.archived, may: ['member', 'admin'], sees: teamAndAdmin, otherwise },
    personal: { input: inputs.personal, may: ['assignee', 'admin'], sees: concerned, otherwise },
    left_behind: { input: inputs.left_behind, may: admin, sees: teamAndAdmin, otherwise },
    others: { input: inputs.others, may: admin, otherwise },
    absent: { input: inputs.absent, may: [], refused, otherwise },
    wrong_parent: { input: inputs.wrong_parent, may: [], refused, otherwise },
  };
}
