import { Created, Versioned, call } from './api.ts';
import type { Journal } from './journal.ts';
import { keepTask } from './journal.ts';
import type { Person } from './people.ts';
import { below, pick } from './random.ts';
import type { System } from './system.ts';
import type { SoakTeam } from './teams.ts';

export interface WritePlace {
  system: System;
  journal: Journal;
  writer: Person;
  teams: readonly SoakTeam[];
  /** Made by this writer, and touched by nobody else. */
  tasks: { id: string; team: SoakTeam }[];
}

const statuses = ['todo', 'in_progress', 'in_review', 'done'] as const;

/** One write, as a client does it. False: it was refused. Rejects where there was no answer. */
export async function writeByApi(place: WritePlace): Promise<boolean> {
  const { system, journal, writer, teams, tasks } = place;
  const { url } = system.anyServer();
  const task = tasks[below(tasks.length)];
  const kind = task && below(10);
  if (!task || kind === undefined || kind < 3) {
    const team = pick(teams);
    const assigned_to_id = pick(team.members).id;
    const title = `Task ${below(1e6)}`;
    const answer = await call(url, writer, 'POST', '/tasks', { title, team_id: team.id, assigned_to_id });
    if (answer.status !== 201) return false;
    const created = Versioned.parse(answer.body);
    keepTask(journal, created);
    tasks.push({ id: created.id, team });
    return true;
  }
  if (kind < 5) {
    const answer = await call(url, writer, 'POST', `/tasks/${task.id}/comments`, { content: `Comment ${below(1e6)}` });
    if (answer.status !== 201) return false;
    journal.comments.add(Created.parse(answer.body).id);
    return true;
  }
  const patch =
    kind < 7 ? { assigned_to_id: pick(task.team.members).id } : { status: pick(statuses), title: `Task ${below(1e6)}` };
  const answer = await call(url, writer, 'PATCH', `/tasks/${task.id}`, patch);
  if (answer.status !== 200) return false;
  keepTask(journal, Versioned.parse(answer.body));
  return true;
}
