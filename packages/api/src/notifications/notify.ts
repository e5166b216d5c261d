import type { NotificationType } from '@taskmaster/core/contracts';
import type { Transaction } from '@taskmaster/database';
import { uuidv7 } from 'uuidv7';
import type { ActorContext } from '../shared/context.ts';
import * as repository from './notifications.repository.ts';

export interface Notice {
  user_id: string;
  type: NotificationType;
  title: string;
  body?: string | null;
  task_id?: string | null;
  team_id?: string | null;
}

/**
 * Stores what people are told, in the transaction of what it is about and after it; never for the one who did it, nor of
 * a task for who does not see it.
 */
export async function notify(tx: Transaction, ctx: ActorContext, ...notices: Notice[]): Promise<void> {
  const rows = notices
    .filter(({ user_id }) => user_id !== ctx.actor.id)
    .map((notice) => ({ id: uuidv7(), body: null, task_id: null, team_id: null, ...notice }));
  if (rows.length === 0) return;
  await repository.insertReadable(tx, rows);
}
