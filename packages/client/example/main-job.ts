import { createTaskmasterClient } from '@taskmaster/client';

const say = (line: string) => process.stdout.write(`${line}\n`);

const [url = 'http://127.0.0.1:8000'] = process.argv.slice(2);
const unique = crypto.randomUUID().slice(0, 8);

/** Registers a user and logs in: a client that acts for this user. */
async function join(name: string) {
  const client = createTaskmasterClient({ url });
  const username = `${name}_${unique}`;
  const account = { email: `${username}@example.com`, username, password: `${name} likes main jobs` };
  const user = await client.auth.register(account);
  await client.auth.login({ email: username, password: account.password });
  say(`${username} is registered and logged in`);
  return { client, user };
}

const ann = await join('ann');
const ben = await join('ben');

const team = await ann.client.teams.create({ name: `Launch ${unique}` });
await ann.client.teams.addMember({ team_id: team.id, username: ben.user.username });
say(`${ann.user.username} has made the team “${team.name}” and added ${ben.user.username}`);

// If nothing is heard in ten seconds the loop ends, and with it the program: with an error.
const heard = ben.client.notifications.watch({ signal: AbortSignal.timeout(10_000) });
await heard.started;
say(`${ben.user.username} listens (the socket is ${ben.client.state.value})`);

const task = await ann.client.tasks.create({ title: 'Ship it', team_id: team.id, priority: 'high' });
await ann.client.tasks.assign({ task_id: task.id, assigned_to_id: ben.user.id });
const assignedAt = performance.now();
say(`${ann.user.username} has made the task “${task.title}” and assigned it to ${ben.user.username}`);

let isHeard = false;
for await (const event of heard) {
  if (event.type !== 'notification' || event.data.task_id !== task.id) continue;
  const afterMs = Math.max(0, Math.round(performance.now() - assignedAt));
  say(`${ben.user.username} hears ${afterMs} ms later: ${event.data.type}: ${event.data.title}`);
  isHeard = true;
  break;
}
if (!isHeard) throw new Error('the assignee heard nothing in ten seconds');

const done = await ben.client.tasks.update({ task_id: task.id, status: 'done' });
say(`${ben.user.username} has moved it to “${done.status}” (version ${done.version})`);

await Promise.all([ann.client.auth.logout(), ben.client.auth.logout()]);
say('both have logged out');
