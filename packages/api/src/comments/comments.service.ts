import * as policy from '@taskmaster/core/policies';
import type { Transaction } from '@taskmaster/database';
import { uuidv7 } from 'uuidv7';
import type { Entry } from '../activity/activity.repository.ts';
import { record } from '../activity/activity.repository.ts';
import { notify } from '../notifications/notify.ts';
import type { CommentsService } from '../services.ts';
import { authorize, found } from '../shared/authorize.ts';
import type { ActorContext } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { requireVersion } from '../shared/version.ts';
import { write } from '../shared/write.ts';
import { loadTask } from '../tasks/load-task.ts';
import { loadTaskForWrite } from '../tasks/load-task-for-write.ts';
import type { TaskRow } from '../tasks/tasks-columns.sql.ts';
import { presentComment } from './comments.presenter.ts';
import * as repository from './comments.repository.ts';

/** The log names the comment and never repeats its content. */
const aboutComment = (id: string, task: TaskRow): Pick<Entry, 'entity_type' | 'entity_id' | 'task_id' | 'team_id'> => ({
  entity_type: 'comment',
  entity_id: id,
  task_id: task.id,
  team_id: task.team_id,
});

/** In characters, as the limit of a comment counts them. */
const lengthOf = (content: string) => Array.from(content).length;

export function createCommentsService(deps: Deps): CommentsService {
  const { db } = deps;

  /** The comment of a visible task, locked, for one who may change it. */
  async function loadForWrite(
    tx: Transaction,
    ctx: ActorContext,
    input: { task_id: string; comment_id: string; expected_version?: number | number[] | undefined },
  ) {
    const task = await loadTaskForWrite(tx, ctx.actor, input.task_id);
    const comment = found(await repository.lockById(tx, task.id, input.comment_id), 'COMMENT_NOT_FOUND');
    authorize(policy.canChangeComment(ctx.actor, comment));
    requireVersion(comment, input.expected_version);
    return { task, comment };
  }

  return {
    async list({ actor }, { task_id, ...query }) {
      await loadTask(db, actor, task_id);
      const { items, counted } = await repository.list(db, task_id, query);
      return toPage(items.map(presentComment), counted, query);
    },

    async create(ctx, { task_id, content }) {
      const stillSees = (tx: Transaction) => loadTask(tx, ctx.actor, task_id);
      return write(deps, { ...ctx, stillSees }, async (tx) => {
        const [task, authors] = await Promise.all([
          loadTaskForWrite(tx, ctx.actor, task_id),
          repository.authorsOn(tx, task_id),
        ]);

        const id = uuidv7();
        const concerned = new Set([task.created_by_id, task.assigned_to_id, ...authors]);
        const notice = {
          type: 'task_commented',
          title: `New comment on “${task.title}”`,
          task_id,
          team_id: task.team_id,
        } as const;
        const told = [...concerned].filter((user_id) => user_id !== null);
        const details = { author_id: ctx.actor.id, length: lengthOf(content) };
        const [inserted] = await Promise.all([
          repository.insert(tx, { id, task_id, author_id: ctx.actor.id, content }),
          record(tx, ctx, { action: 'comment.created', ...aboutComment(id, task), details }),
          notify(tx, ctx, ...told.map((user_id) => ({ user_id, ...notice }))),
        ]);
        return presentComment(inserted);
      });
    },

    async update(ctx, input) {
      const comment = await write(deps, ctx, async (tx) => {
        const { task, comment: before } = await loadForWrite(tx, ctx, input);

        if (before.content === input.content) return before;
        const after = await repository.update(tx, before.id, input.content);

        const details = {
          author_id: before.author_id,
          version: { before: before.version, after: after.version },
          length: { before: lengthOf(before.content), after: lengthOf(after.content) },
        };
        await record(tx, ctx, { action: 'comment.updated', ...aboutComment(before.id, task), details });
        return after;
      });
      return presentComment(comment);
    },

    async delete(ctx, input) {
      await write(deps, ctx, async (tx) => {
        const { task, comment } = await loadForWrite(tx, ctx, input);

        await repository.remove(tx, comment.id);

        const details = { author_id: comment.author_id, version: comment.version, length: lengthOf(comment.content) };
        await record(tx, ctx, { action: 'comment.deleted', ...aboutComment(comment.id, task), details });
      });
    },
  };
}
