import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Actor } from '@taskmaster/core/policies';
import { attachments, tasks, teamMembers, teams, users } from '@taskmaster/core/tables';
import { createTestDatabase } from '@taskmaster/testing';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { ActorContext } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { createDiskStorage } from '../storage/disk-storage.ts';
import { createAttachmentsService } from '../attachments/attachments.service.ts';
import type { UploadSource } from '../attachments/attachments.transfer.ts';
import { createTestDeps } from './test-deps.ts';

/** A database, a folder and the service on them. `parts` replaces some of what it is made of. */
export async function createPlace(parts: Partial<Pick<Deps, 'storage' | 'maxFileBytes'>> = {}) {
  const database = await createTestDatabase();
  const { db } = database;
  const folder = await mkdtemp(join(tmpdir(), 'taskmaster-attachments-'));
  const storage = createDiskStorage({ folder });
  const deps = createTestDeps(db, { storage, maxFileBytes: 1000, ...parts });

  async function createUser(role: Actor['role'] = 'user'): Promise<ActorContext> {
    const id = uuidv7();
    await db.insert(users).values({ id, email: `${id}@example.com`, username: id, password_hash: 'none', role });
    const actor = { id, role, session_id: uuidv7() };
    return { actor, request_id: 'test', ip_address: null, user_agent: null };
  }

  async function createTask({ actor }: ActorContext, team_id: string | null = null): Promise<string> {
    const id = uuidv7();
    await db.insert(tasks).values({ id, title: 'a task', created_by_id: actor.id, team_id });
    return id;
  }

  async function createTeam(owner: ActorContext, ...members: ActorContext[]): Promise<string> {
    const id = uuidv7();
    await db.transaction(async (tx) => {
      await tx.insert(teams).values({ id, name: 'a team', owner_id: owner.actor.id });
      await tx.insert(teamMembers).values({ team_id: id, user_id: owner.actor.id, role: 'manager' });
      for (const { actor } of members) await tx.insert(teamMembers).values({ team_id: id, user_id: actor.id });
    });
    return id;
  }

  const service = createAttachmentsService(deps);
  return {
    db,
    folder,
    storage,
    deps,
    service,
    createUser,
    createTask,
    createTeam,
    /** Of somebody who has nothing else. */
    async newTask() {
      const user = await createUser();
      return { user, task_id: await createTask(user) };
    },
    rowsOf: (task_id: string) => db.select().from(attachments).where(eq(attachments.task_id, task_id)),
    /** What is read of it, as text. */
    async download(ctx: ActorContext, task_id: string, attachment_id: string): Promise<string> {
      const { open } = await service.download(ctx, { task_id, attachment_id });
      return text(await open());
    },
    /** Every file that is kept, under its path below the folder. */
    async files(): Promise<string[]> {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An upload that goes well. */
export const fileOf =
  (content: string | Uint8Array, filename = 'a.txt'): UploadSource =>
  (store) =>
    store({ filename, content: chunksOf(content) });

export async function* chunksOf(content: string | Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}
