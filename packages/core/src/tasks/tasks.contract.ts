import { z } from 'zod';
import { ExpectedVersion, Id, text, Timestamp, TimestampInput } from '../shared/fields.ts';
import { PageQuery, pageOf } from '../shared/page.contract.ts';
import { taskLimits, taskPriorities, taskSortKeys, taskStatuses } from './tasks.model.ts';

const Title = text({ min: 1, max: taskLimits.title.max }).meta({ example: 'Ship it' });
const Description = text({ max: taskLimits.description.max }).nullable().meta({ example: 'Before the holidays.' });
const Tag = text({ min: 1, max: taskLimits.tag.max });
const Tags = z
  .array(Tag)
  .max(taskLimits.tags.max)
  .meta({ example: ['backend', 'urgent'] });
const DueDate = TimestampInput.nullable();
const Assignee = Id.nullable();

export const TaskStatus = z.enum(taskStatuses);
export type TaskStatus = z.infer<typeof TaskStatus>;
export const TaskPriority = z.enum(taskPriorities);
export type TaskPriority = z.infer<typeof TaskPriority>;

export const Task = z
  .strictObject({
    id: Id,
    title: z.string().meta({ example: 'Ship it' }),
    description: z.string().nullable().meta({ example: 'Before the holidays.' }),
    status: TaskStatus,
    priority: TaskPriority,
    tags: z.array(z.string()).meta({ example: ['backend', 'urgent'] }),
    due_date: Timestamp.nullable(),
    is_archived: z.boolean(),
    created_by_id: Id,
    assigned_to_id: Id.nullable(),
    team_id: Id.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
    version: z.int().meta({ description: 'Moves by one with every change.', example: 1 }),
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof Task>;

export const TaskPage = pageOf(Task, 'TaskPage');

export const CreateTaskInput = z.strictObject({
  title: Title,
  description: Description.optional(),
  status: TaskStatus.default('todo'),
  priority: TaskPriority.default('medium'),
  tags: Tags.default([]),
  due_date: DueDate.optional(),
  assigned_to_id: Assignee.optional(),
  team_id: Id.nullable().optional(),
});
export type CreateTaskInput = z.infer<typeof CreateTaskInput>;

export const TaskIdInput = z.strictObject({ task_id: Id });
export type TaskIdInput = z.infer<typeof TaskIdInput>;

export const UpdateTaskInput = z.strictObject({
  task_id: Id,
  title: Title.optional(),
  description: Description.optional(),
  status: TaskStatus.optional(),
  priority: TaskPriority.optional(),
  tags: Tags.optional(),
  due_date: DueDate.optional(),
  is_archived: z.boolean().optional(),
  assigned_to_id: Assignee.optional(),
  team_id: Id.nullable().optional(),
  expected_version: ExpectedVersion,
});
export type UpdateTaskInput = z.infer<typeof UpdateTaskInput>;

export const ArchiveTaskInput = z.strictObject({ task_id: Id, expected_version: ExpectedVersion });
export type ArchiveTaskInput = z.infer<typeof ArchiveTaskInput>;

export const AssignTaskInput = z.strictObject({
  task_id: Id,
  assigned_to_id: Assignee.meta({ description: '`null` unassigns.' }),
  expected_version: ExpectedVersion,
});
export type AssignTaskInput = z.infer<typeof AssignTaskInput>;

const sorts = taskSortKeys.flatMap((key) => [key, `-${key}`] as const);
const repeatable = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(20);

const taskFilters = {
  status: repeatable(TaskStatus).optional().meta({ description: 'May repeat: any of these.' }),
  priority: repeatable(TaskPriority).optional().meta({ description: 'May repeat: any of these.' }),
  assigned_to_id: Id.optional(),
  is_archived: z.boolean().default(false).meta({ description: 'The archived ones instead of the others.' }),
  due_date_from: TimestampInput.optional().meta({ description: 'Due at this time or later.' }),
  due_date_to: TimestampInput.optional().meta({ description: 'Due at this time or earlier.' }),
  tag: Tag.optional().meta({ description: 'Has this tag.' }),
  search: text({ max: taskLimits.search.max }).optional().meta({
    description: 'Every word, or its beginning, stands in the title or the description.',
  }),
  sort: z.enum(sorts).optional().meta({ description: '`-` for descending; `-created_at` by default.' }),
};

const TasksQuery = PageQuery.extend({ ...taskFilters, team_id: Id.optional() });

export const ListTasksInput = TasksQuery.prefault({});
export type ListTasksInput = z.infer<typeof ListTasksInput>;

export const ListTeamTasksInput = PageQuery.extend({ ...taskFilters, team_id: Id });
export type ListTeamTasksInput = z.infer<typeof ListTeamTasksInput>;

/** The admin's list knows no sphere, and shows archived tasks beside the others unless asked. */
export const ListAllTasksInput = TasksQuery.extend({
  is_archived: z.boolean().optional().meta({ description: 'Only the archived ones, or only the others.' }),
}).prefault({});
export type ListAllTasksInput = z.infer<typeof ListAllTasksInput>;
