import type { UserRole } from '@taskmaster/core/contracts';
import {
  attachments,
  comments,
  notifications,
  sessions,
  tasks,
  teamMembers,
  teams,
  users,
} from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { ActorName } from './model.ts';

/** The ids that the inputs of the permission table are made of. */
export type Fixture = ReturnType<typeof newIds> & Record<'team_owner_id' | 'bystander_email', string>;

export type Asker = { id: string; session_id: string };

export interface PermissionWorld {
  fixture: Fixture;
  /** `anonymous` is not among them. */
  askers: Record<Exclude<ActorName, 'anonymous'>, Asker>;
}

/** The keys under which the bytes of the attachments would be stored; nothing stores them here. */
export const attachmentKeysOf = ({ fixture }: PermissionWorld): string[] => [
  fixture.attachment_id,
  fixture.archived_attachment_id,
  fixture.personal_attachment_id,
  fixture.left_behind_attachment_id,
  fixture.foreign_attachment_id,
];

/** Everybody and everything that the table speaks of, in ten statements. `passwordHash` is everybody's. */
export async function createPermissionWorld(db: Database, passwordHash: string): Promise<PermissionWorld> {
  const askers = newAskers();
  const idOf = (name: keyof typeof askers) => askers[name].id;
  const ids = newIds();
  const fixture: Fixture = { ...ids, team_owner_id: idOf('team_owner'), bystander_email: emailOf(ids.bystander_id) };

  const { plain_member_id, plain_manager_id, stranger_id, stranger_member_id, bystander_id } = fixture;
  const extras = [plain_member_id, plain_manager_id, stranger_id, stranger_member_id, bystander_id];
  const user = (id: string, role: UserRole = 'user', is_active = true) => ({
    id,
    email: emailOf(id),
    username: id,
    password_hash: passwordHash,
    role,
    is_active,
  });
  const members = (team_id: string, role: 'member' | 'manager', ...ids: string[]) =>
    ids.map((user_id) => ({ team_id, user_id, role }));

  await db.transaction(async (tx) => {
    await tx
      .insert(users)
      .values([
        ...Object.entries(askers).map(([name, { id }]) =>
          user(id, name === 'admin' ? 'admin' : 'user', name !== 'deactivated'),
        ),
        ...extras.map((id) => user(id)),
      ]);
    const expires_at = sql`now() + interval '1 day'`;
    await tx
      .insert(sessions)
      .values(Object.values(askers).map(({ id, session_id }) => ({ id: session_id, user_id: id, expires_at })));
    // Another session each. It has the user's id, so that whoever knows the user can name it.
    const others = [...Object.values(askers).map(({ id }) => id), bystander_id];
    await tx.insert(sessions).values(others.map((id) => ({ id, user_id: id, expires_at })));
    await tx.insert(teams).values([
      { id: fixture.team_id, name: 'ours', owner_id: fixture.team_owner_id },
      { id: fixture.foreign_team_id, name: 'theirs', owner_id: stranger_id },
    ]);
    const ordinary = [idOf('member'), idOf('creator'), idOf('assignee'), idOf('deactivated'), plain_member_id];
    await tx
      .insert(teamMembers)
      .values([
        ...members(fixture.team_id, 'manager', fixture.team_owner_id, idOf('manager'), plain_manager_id),
        ...members(fixture.team_id, 'member', ...ordinary),
        ...members(fixture.foreign_team_id, 'manager', stranger_id),
        ...members(fixture.foreign_team_id, 'member', stranger_member_id),
      ]);
    const ours = { team_id: fixture.team_id, created_by_id: idOf('creator'), assigned_to_id: idOf('assignee') };
    await tx.insert(tasks).values([
      { id: fixture.task_id, title: 'own', ...ours },
      { id: fixture.archived_task_id, title: 'archived', is_archived: true, ...ours },
      { id: fixture.personal_task_id, title: 'personal', ...ours, team_id: null },
      {
        id: fixture.left_behind_task_id,
        title: 'left behind',
        team_id: fixture.team_id,
        created_by_id: idOf('ex_member'),
      },
      {
        id: fixture.foreign_task_id,
        title: 'foreign',
        team_id: fixture.foreign_team_id,
        created_by_id: stranger_id,
        assigned_to_id: stranger_member_id,
      },
    ]);
    const parts = [
      ['', fixture.task_id, idOf('member')],
      ['archived_', fixture.archived_task_id, idOf('member')],
      ['personal_', fixture.personal_task_id, idOf('assignee')],
      ['left_behind_', fixture.left_behind_task_id, idOf('ex_member')],
      ['foreign_', fixture.foreign_task_id, stranger_id],
    ] as const;
    await tx.insert(comments).values(
      parts.map(([kind, task_id, author_id]) => ({
        id: fixture[`${kind}comment_id`],
        task_id,
        author_id,
        content: 'a comment',
      })),
    );
    await tx.insert(attachments).values(
      parts.map(([kind, task_id, uploader_id]) => ({
        id: fixture[`${kind}attachment_id`],
        task_id,
        uploader_id,
        filename: 'file.txt',
        content_type: 'text/plain',
        size_bytes: 1,
        sha256: '0',
        // The same id, so that who holds the storage can put bytes there.
        storage_key: fixture[`${kind}attachment_id`],
      })),
    );
    const notice = {
      type: 'task_assigned',
      title: 'You were assigned',
      task_id: fixture.task_id,
      team_id: fixture.team_id,
    } as const;
    await tx.insert(notifications).values([
      { id: fixture.notification_id, user_id: idOf('assignee'), ...notice },
      { id: fixture.left_behind_notification_id, user_id: idOf('ex_member'), ...notice },
    ]);
  });
  return { fixture, askers };
}

const emailOf = (id: string) => `${id}@example.com`;

const newIds = () => ({
  team_id: uuidv7(),
  foreign_team_id: uuidv7(),
  task_id: uuidv7(),
  archived_task_id: uuidv7(),
  personal_task_id: uuidv7(),
  left_behind_task_id: uuidv7(),
  foreign_task_id: uuidv7(),
  comment_id: uuidv7(),
  archived_comment_id: uuidv7(),
  personal_comment_id: uuidv7(),
  left_behind_comment_id: uuidv7(),
  foreign_comment_id: uuidv7(),
  attachment_id: uuidv7(),
  archived_attachment_id: uuidv7(),
  personal_attachment_id: uuidv7(),
  left_behind_attachment_id: uuidv7(),
  foreign_attachment_id: uuidv7(),
  notification_id: uuidv7(),
  left_behind_notification_id: uuidv7(),
  plain_member_id: uuidv7(),
  plain_manager_id: uuidv7(),
  stranger_id: uuidv7(),
  stranger_member_id: uuidv7(),
  bystander_id: uuidv7(),
  absent_id: uuidv7(),
});

const newAsker = (): Asker => ({ id: uuidv7(), session_id: uuidv7() });

const newAskers = (): PermissionWorld['askers'] => ({
  outsider: newAsker(),
  ex_member: newAsker(),
  member: newAsker(),
  manager: newAsker(),
  team_owner: newAsker(),
  creator: newAsker(),
  assignee: newAsker(),
  admin: newAsker(),
  deactivated: newAsker(),
});
