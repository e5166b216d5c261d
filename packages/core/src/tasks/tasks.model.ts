/** What is left to do. */
export const openTaskStatuses = ['todo', 'in_progress', 'in_review'] as const;
export const taskStatuses = [...openTaskStatuses, 'done', 'cancelled'] as const;

/** In order of urgency: PostgreSQL sorts the enum as it is declared. */
export const taskPriorities = ['low', 'medium', 'high', 'urgent'] as const;

export const taskSortKeys = ['created_at', 'updated_at', 'due_date', 'priority', 'title'] as const;
export type TaskSortKey = (typeof taskSortKeys)[number];

export const taskLimits = {
  title: { max: 200 },
  description: { max: 20_000 },
  tags: { max: 20 },
  tag: { max: 50 },
  search: { max: 200 },
} as const;
