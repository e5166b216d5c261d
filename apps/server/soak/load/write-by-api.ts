import { Created, Versioned, call } from '../system/api.ts';
import type { Journal } from './journal.ts';
import { keepTask } from './journal.ts';
import type { Person } from '../system/people.ts';
import { below, pick } from '../random.ts';
import type { System } from '../system/system.ts';
import type { SoakTeam } from '../system/teams.ts';

export interface OwnTask {
  id: string;
  team: SoakTeam;
}

export interface WritePlace {
  system: System;
  journal: Journal;
  writer: Person;
  teams: readonly SoakTeam[];
  /** Made by this writer, and touched by nobody else. */
  tasks: OwnTask[];
}

/** False: it was refused. Rejects where there was no answer. */
type Write = (place: WritePlace & { url: string; task: OwnTask }) => Promise<boolean>;

const statuses = ['todo', 'in_progress', 'in_review', 'done'] as const;

async function createTask({ journal, writer, teams, tasks, url }: WritePlace & { url: string }): Promise<boolean> {
  const team = pick(teams);
  const input = { title: `Task ${below(1e6)}`, team_id: team.id, assigned_to_id: pick(team.members).id };
  const answer = await call(url, writer, 'POST', '/tasks', input);
  if (answer.status !== 201) return false;
  const created = Versioned.parse(answer.body);
  keepTask(journal, created);
  tasks.push({ id: created.id, team });
  return true;
}

async function patchTask({ journal, writer, url, task }: Parameters<Write>[0], patch: object): Promise<boolean> {
  const answer = await call(url, writer, 'PATCH', `/tasks/${task.id}`, patch);
  if (answer.status !== 200) return false;
  keepTask(journal, Versioned.parse(answer.body));
  return true;
}

const assign: Write = (place) => patchTask(place, { assigned_to_id: pick(place.task.team.members).id });
const change: Write = (place) => patchTask(place, { status: pick(statuses), title: `Task ${below(1e6)}` });

const comment: Write = async ({ journal, writer, url, task }) => {
  const answer = await call(url, writer, 'POST', `/tasks/${task.id}/comments`, { content: `Comment ${below(1e6)}` });
  if (answer.status !== 201) return false;
  journal.comments.add(Created.parse(answer.body).id);
  return true;
};

const upload: Write = async ({ journal, writer, url, task }) => {
  const form = new FormData();
  form.append('file', new File([Buffer.alloc(below(50_000), 'text')], 'notes.txt'));
  const answer = await call(url, writer, 'POST', `/tasks/${task.id}/attachments`, form);
  if (answer.status !== 201) return false;
  journal.attachments.add(Created.parse(answer.body).id);
  return true;
};

/** As often as they stand here. */
const writes: readonly Write[] = [
  createTask,
  createTask,
  createTask,
  comment,
  assign,
  assign,
  change,
  change,
  change,
  upload,
];

/** One write, as a client does it, by one of the processes. */
export async function writeByApi(place: WritePlace): Promise<boolean> {
  const { url } = place.system.anyServer();
  const task = place.tasks[below(place.tasks.length)];
  return task ? pick(writes)({ ...place, url, task }) : createTask({ ...place, url });
}
