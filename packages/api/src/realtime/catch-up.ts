import type { NotificationEvent } from '@taskmaster/core/contracts';
import type { Database } from '@taskmaster/database';
import { withDeadline } from '@taskmaster/database';
import { presentNotification } from '../notifications/notifications.presenter.ts';
import type { Range } from './catch-up.repository.ts';
import { missedNotifications } from './catch-up.repository.ts';
import { encodeMark } from './event-id.ts';
import type { Position } from './position.ts';
import type { Delivery } from './subscribers.ts';
import type { TaskViewer } from './task-view.ts';

/** A piece of what a reader missed. */
interface Page<Event> {
  events: readonly Delivery<Event>[];
  /** Where the next page goes on; undefined: this one reached the end of the range. */
  next: Position | undefined;
}

/** Undefined: the position is none that this database gave out, or its row is gone. */
export type ReadPage<Event> = (viewer: TaskViewer, range: Range) => Promise<Page<Event> | undefined>;

export const readMissedNotifications =
  (db: Database, deadlineMs: number): ReadPage<NotificationEvent> =>
  async ({ actor }, range) => {
    const rows = await withDeadline(missedNotifications(db, actor, range), deadlineMs);
    if (!rows[0]?.is_known) return undefined;
    const missed = rows.flatMap(({ place, row }) => {
      if (!place || !row) return [];
      return { mark: { xid: BigInt(place.xid), seq: place.seq, at: row.created_at.getTime() }, row };
    });
    return {
      events: missed.map(({ mark, row }) => ({
        position: mark,
        mark: encodeMark('notifications', mark),
        event: { type: 'notification', data: presentNotification(row) },
      })),
      next: missed.length === range.limit ? missed.at(-1)?.mark : undefined,
    };
  };
