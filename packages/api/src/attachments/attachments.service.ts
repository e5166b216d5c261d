import * as policy from '@taskmaster/core/policies';
import type { Transaction } from '@taskmaster/database';
import { uuidv7 } from 'uuidv7';
import type { Entry } from '../activity/activity.repository.ts';
import { record } from '../activity/activity.repository.ts';
import type { AttachmentsService } from '../services.ts';
import { authorize, found } from '../shared/authorize.ts';
import type { ActorContext } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { inTime } from '../shared/operation-deadline.ts';
import { toPage } from '../shared/page.ts';
import { write } from '../shared/write.ts';
import { loadTask } from '../tasks/load-task.ts';
import { loadTaskForWrite } from '../tasks/load-task-for-write.ts';
import type { TaskRow } from '../tasks/tasks-columns.sql.ts';
import { presentAttachment } from './attachments.presenter.ts';
import type { AttachmentRow } from './attachments.repository.ts';
import * as repository from './attachments.repository.ts';
import { identify, requireWellFormed } from '../idempotency/identify.ts';
import { keepFile } from './keep-file.ts';
import { receiveFile } from './receive-file.ts';
import { sweepKeys } from './sweep-keys.ts';

type AttachmentsDeps = Pick<Deps, 'db' | 'hub' | 'storage' | 'maxFileBytes' | 'fingerprint' | 'limits'>;

const aboutAttachment = (
  { id, filename, size_bytes }: AttachmentRow,
  task: TaskRow,
): Omit<Entry, 'action' | 'actor_id'> => ({
  entity_type: 'attachment',
  entity_id: id,
  task_id: task.id,
  team_id: task.team_id,
  details: { filename, size_bytes },
});

export function createAttachmentsService(deps: AttachmentsDeps): AttachmentsService {
  const { db, storage } = deps;

  async function admit({ actor }: ActorContext, task_id: string): Promise<void> {
    await deps.limits.uploads.consume(actor.id);
    await loadTask(db, actor, task_id);
  }

  return {
    async list({ actor }, { task_id, ...query }) {
      await loadTask(db, actor, task_id);
      const { items, counted } = await repository.list(db, task_id, query);
      return toPage(items.map(presentAttachment), counted, query);
    },

    async upload(ctx, { task_id }, source) {
      if (ctx.idempotency_key) requireWellFormed(ctx.idempotency_key);
      await inTime(admit(ctx, task_id));
      const file = await receiveFile(deps, source);
      const { storage_key, ...sent } = file;
      const repeatable =
        ctx.idempotency_key &&
        identify(deps, ctx.idempotency_key, {
          user_id: ctx.actor.id,
          operation: 'attachments.upload',
          input: { task_id, ...sent },
        });
      const stillSees = (tx: Transaction) => loadTask(tx, ctx.actor, task_id);
      return keepFile(deps, { repeatable, stillSees }, storage_key, async (tx) => {
        // Once more: the upload may have taken long, and nothing was locked meanwhile.
        const task = await loadTaskForWrite(tx, ctx.actor, task_id);

        const inserted = await repository.insert(tx, { id: uuidv7(), task_id, uploader_id: ctx.actor.id, ...file });

        await record(tx, ctx, { action: 'attachment.created', ...aboutAttachment(inserted, task) });
        return presentAttachment(inserted);
      });
    },

    async download({ actor }, { task_id, attachment_id }) {
      const find = async () => found(await repository.findById(db, task_id, attachment_id), 'ATTACHMENT_NOT_FOUND');
      const row = await inTime(loadTask(db, actor, task_id).then(find));
      return {
        attachment: presentAttachment(row),
        async open(range) {
          const bytes = await storage.open(row.storage_key, range);
          if (bytes) return bytes;
          // Deleted a moment ago, or else lost.
          await inTime(find());
          throw new Error(`The bytes of attachment ${row.id} are missing`);
        },
      };
    },

    async delete(ctx, { task_id, attachment_id }) {
      const removed = await write(deps, ctx, async (tx) => {
        const task = await loadTaskForWrite(tx, ctx.actor, task_id);
        const row = found(await repository.lockById(tx, task.id, attachment_id), 'ATTACHMENT_NOT_FOUND');

        authorize(policy.canDeleteAttachment(ctx.actor, row));

        await repository.remove(tx, row.id);

        await record(tx, ctx, { action: 'attachment.deleted', ...aboutAttachment(row, task) });
        return row;
      });
      // The attachment is deleted, whether its bytes go now or with the next sweep.
      await sweepKeys(deps, [removed.storage_key]).catch(() => undefined);
    },
  };
}
