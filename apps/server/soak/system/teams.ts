import { Created, must } from './api.ts';
import type { Person } from './people.ts';
import type { System } from './system.ts';

export interface SoakTeam {
  id: string;
  members: readonly Person[];
}

const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `Team ${index + 1}`);

/** Teams of `owner`: all writers are in each, and each listener in `each` of them. */
export async function createTeams(
  system: Pick<System, 'servers'>,
  { count, each, writers, listeners }: { count: number; each: number; writers: Person[]; listeners: Person[] },
): Promise<SoakTeam[]> {
  const [owner, ...others] = writers;
  const url = system.servers[0]?.url ?? '';
  if (!owner) throw new Error('somebody must own the teams');
  const members = namesOf(count).map(() => [...others]);
  for (const [index, listener] of listeners.entries()) {
    for (let offset = 0; offset < each; offset++) members[(index + offset) % count]?.push(listener);
  }
  return Promise.all(
    namesOf(count).map(async (name, index) => {
      const { id } = Created.parse(await must(url, owner, 'POST', '/teams', { name }));
      for (const { id: user_id } of members[index] ?? []) {
        await must(url, owner, 'POST', `/teams/${id}/members`, { user_id });
      }
      return { id, members: [owner, ...(members[index] ?? [])] };
    }),
  );
}
