import type { Person } from './factories.ts';
import type { Ids } from './requests.ts';
import type { TestServer } from './test-server.ts';

/** Somebody with one of each thing. */
export interface Household {
  owner: Person;
  friend: Person;
  ids: Ids;
}

/** A team of two, with a task that has a comment and a file, and a notification. `user_id` is the other one's. */
export async function createHousehold(server: TestServer, who?: { owner: Person; friend: Person }): Promise<Household> {
  const { owner, friend } = who ?? { owner: await server.person(), friend: await server.person() };
  const team = await server.team({ owner, members: [friend] });
  const task = await server.task({ by: owner, team_id: team.id });
  const comment = await server.comment({ by: owner, on: task });
  const attachment = await server.attachment({ by: owner, on: task });
  const notification = await server.notification({ to: owner, by: friend });
  const session = await server.session({ of: owner });
  return {
    owner,
    friend,
    ids: {
      user_id: friend.id,
      assigned_to_id: friend.id,
      team_id: team.id,
      task_id: task.id,
      comment_id: comment.id,
      attachment_id: attachment.id,
      notification_id: notification.id,
      session_id: session.id,
    },
  };
}
