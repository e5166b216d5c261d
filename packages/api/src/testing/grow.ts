import {
  activityEntries,
  attachments,
  comments,
  notifications,
  refreshTokens,
  sessions,
  tasks,
  teamMembers,
  teams,
  users,
} from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { PermissionWorld } from './permissions/fixture.ts';

/** Makes everything in a world of the permission table `count` times as much, around the same ids. */
export async function grow(db: Database, { fixture, askers }: PermissionWorld, count: number): Promise<void> {
  const times = <Row>(make: (id: string, index: number) => Row) =>
    Array.from({ length: count }, (_, index) => make(uuidv7(), index));
  const everybody = [...Object.values(askers).map(({ id }) => id), fixture.bystander_id, fixture.plain_member_id];
  const forEach = <Row>(make: (user_id: string, id: string) => Row) =>
    everybody.flatMap((user_id) => times((id) => make(user_id, id)));
  const newcomers = times((id) => ({ id, email: `${id}@example.com`, username: id, password_hash: 'none' }));
  const { team_id, task_id, personal_task_id, plain_member_id } = fixture;
  const expires_at = sql`now() + interval '1 day'`;

  await db.transaction(async (tx) => {
    await tx.insert(users).values(newcomers);
    await tx.insert(teamMembers).values(newcomers.map(({ id }) => ({ team_id, user_id: id })));
    const more = forEach((owner_id, id) => ({ id, name: 'one more', owner_id }));
    await tx.insert(teams).values(more);
    await tx
      .insert(teamMembers)
      .values(more.map(({ id, owner_id }) => ({ team_id: id, user_id: owner_id, role: 'manager' as const })));
    await tx.insert(tasks).values(
      times((id) => ({
        id,
        title: 'more',
        team_id,
        created_by_id: plain_member_id,
        assigned_to_id: plain_member_id,
      })),
    );
    await tx.insert(tasks).values(forEach((created_by_id, id) => ({ id, title: 'mine', created_by_id })));
    for (const about of [task_id, personal_task_id]) {
      const words = { task_id: about, content: 'words' };
      await tx.insert(comments).values(newcomers.map(({ id }) => ({ id: uuidv7(), author_id: id, ...words })));
      const file = { task_id: about, filename: 'f', content_type: 'x', size_bytes: 1, sha256: '0' };
      await tx
        .insert(attachments)
        .values(newcomers.map(({ id }) => ({ id: uuidv7(), uploader_id: id, storage_key: id + about, ...file })));
      const change = { action: 'task.updated', entity_type: 'task', entity_id: about, task_id: about } as const;
      await tx.insert(activityEntries).values(forEach((actor_id, id) => ({ id, actor_id, ...change })));
    }
    const notice = { type: 'task_updated', title: 'changed', task_id, team_id } as const;
    await tx.insert(notifications).values(forEach((user_id, id) => ({ id, user_id, ...notice })));
    const logins = forEach((user_id, id) => ({ id, user_id, expires_at }));
    await tx.insert(sessions).values(logins);
    await tx.insert(refreshTokens).values(logins.map(({ id }) => ({ hash: id, session_id: id, expires_at })));
  });
}
