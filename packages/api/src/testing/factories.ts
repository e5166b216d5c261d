import type { Comment, Task, Team } from '@taskmaster/core/contracts';
import type { createPeople, Person } from './people.ts';

export interface NewTeam {
  owner?: Person;
  name?: string;
  members?: readonly Person[];
  managers?: readonly Person[];
}

type CreateTask = Parameters<Person['api']['tasks']['create']>[0];

/** Makes what a test needs, by the operations that a user has, with the parents that it did not name. */
export function createFactories(people: ReturnType<typeof createPeople>) {
  async function team({ owner, name = 'a team', members = [], managers = [] }: NewTeam = {}): Promise<Team> {
    const { api } = owner ?? (await people.person());
    const { id } = await api.teams.create({ name });
    for (const { id: user_id } of members) await api.teams.addMember({ team_id: id, user_id });
    for (const { id: user_id } of managers) await api.teams.addMember({ team_id: id, user_id, role: 'manager' });
    const { members: _, ...made } = await api.teams.get({ team_id: id });
    return made;
  }

  async function task({ by, ...input }: { by?: Person } & Partial<CreateTask> = {}): Promise<Task> {
    const { api } = by ?? (await people.person());
    return api.tasks.create({ title: 'a task', ...input });
  }

  async function comment({
    by,
    on,
    content = 'a comment',
  }: { by?: Person; on?: Task; content?: string } = {}): Promise<Comment> {
    const author = by ?? (await people.person());
    const { id: task_id } = on ?? (await task({ by: author }));
    return author.api.comments.create({ task_id, content });
  }

  return { team, task, comment };
}
