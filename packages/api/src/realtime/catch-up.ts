import type { NotificationEvent, TaskEvent } from '@taskmaster/core/contracts';
import type { Database } from '@taskmaster/database';
import { presentNotification } from '../notifications/notifications.presenter.ts';
import type { Range } from './catch-up.repository.ts';
import { missedChanges, missedNotifications } from './catch-up.repository.ts';
import { encodeMark } from './event-id.ts';
import type { Position } from './position.ts';
import type { Delivery } from './subscribers.ts';
import { hasEffect } from './action-effects.ts';
import type { TaskChange } from './task-change.ts';
import { presentTaskChange, toTaskChange } from './task-change.ts';
import type { MemberSince, TaskViewer } from './task-view.ts';
import { viewOf } from './task-view.ts';
import type { ViewChange } from './view-change.ts';
import { concerns, toViewChange } from './view-change.ts';

/** A piece of what a reader missed. */
interface Page<Event> {
  events: readonly Delivery<Event>[];
  /** Where the next page goes on; undefined: this one reached the end of the range. */
  next: Position | undefined;
}

/** Undefined: the position is none that this database gave out, or its row is gone. */
export type ReadPage<Event> = (viewer: TaskViewer, range: Range) => Promise<Page<Event> | undefined>;

export const readMissedNotifications =
  (db: Database): ReadPage<NotificationEvent> =>
  async ({ actor }, range) => {
    const rows = await missedNotifications(db, actor, range);
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

/** What the viewer hears of it, as in `fanOutTasks`. */
function eventOf(change: TaskChange | ViewChange, viewer: TaskViewer, memberSince: MemberSince): TaskEvent | undefined {
  if (change.kind === 'view') {
    const isTheirs = change.user_ids.includes(viewer.actor.id) && concerns(change, viewer.team_id);
    return isTheirs ? { type: 'resync' } : undefined;
  }
  const view = viewOf(change, viewer, memberSince);
  return view === 'none' ? undefined : presentTaskChange(change, view === 'visible');
}

export const readMissedChanges =
  (db: Database): ReadPage<TaskEvent> =>
  async (viewer, range) => {
    const rows = await missedChanges(db, viewer, range);
    const [first] = rows;
    if (!first?.status.is_known) return undefined;
    const { memberships, looked_at } = first.status;
    const memberSince = (team_id: string) => {
      const xid = memberships[team_id];
      return xid === undefined ? undefined : BigInt(xid);
    };
    const events: Delivery<TaskEvent>[] = [];
    for (const { change, details, task } of rows) {
      if (!change) continue;
      const { action } = change;
      const missed = hasEffect(action, 'task')
        ? toTaskChange({ ...change, action, details, task })
        : toViewChange({ ...change, action, details });
      const event = eventOf(missed, viewer, memberSince);
      if (event) events.push({ position: missed.mark, mark: encodeMark('tasks', missed.mark), event });
    }
    const last = looked_at === range.limit ? (first.last ?? undefined) : undefined;
    return { events, next: last && { xid: BigInt(last.last_xid), seq: BigInt(last.last_seq) } };
  };
