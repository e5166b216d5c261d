import type { TaskAction } from '@taskmaster/core/contracts';
import { taskActions } from '@taskmaster/core/contracts';
import type { Database } from '@taskmaster/database';
import { withDeadline } from '@taskmaster/database';
import type { NotificationRow } from '../notifications/notifications.repository.ts';
import type { ActivityStreamRow, Memberships } from './batch.repository.ts';
import * as repository from './batch.repository.ts';
import type { Mark } from './event-id.ts';
import type { Position } from './position.ts';
import { startOf } from './position.ts';
import type { TaskChange } from './task-change.ts';
import { toTaskChange } from './task-change.ts';

/** Up to where each stream was read, by this process. */
export interface Cursors {
  notifications: Position;
  activity: Position;
}

interface NotificationItem {
  mark: Mark;
  row: NotificationRow;
}

/** What was committed after the cursors, as one snapshot of the database shows it. */
export interface Batch {
  cursors: Cursors;
  /** There is more to read now. */
  isFull: boolean;
  /** A committed row waits behind an open transaction: look again soon. */
  isPending: boolean;
  /** The cursors lie beyond everything that this database has: it is not the one it was. */
  isForeign: boolean;
  revocations: readonly ActivityStreamRow[];
  notifications: readonly NotificationItem[];
  changes: readonly TaskChange[];
  memberships: Memberships;
}

export interface BatchOptions {
  /** Whether anybody listens: what nobody listens to is passed over, not read. */
  wants: { notifications: boolean; tasks: boolean };
  rowsAtOnce: number;
  deadlineMs: number;
}

const snapshot = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const;

/** The position of the newest row that is settled: where a process that starts now begins. */
export async function readHead(db: Database, deadlineMs: number): Promise<Position> {
  const { xmin } = await withDeadline(db.transaction(repository.readHorizon, snapshot), deadlineMs);
  return startOf(xmin);
}

const isTaskAction = (action: string): action is TaskAction => taskActions.some((known) => known === action);

export async function readBatch(db: Database, cursors: Cursors, options: BatchOptions): Promise<Batch> {
  const { wants, rowsAtOnce, deadlineMs } = options;
  const reading = db.transaction(async (tx): Promise<Batch> => {
    const [horizon, notificationRows, activityRows] = await Promise.all([
      repository.readHorizon(tx),
      wants.notifications ? repository.readNotifications(tx, cursors.notifications, rowsAtOnce) : [],
      wants.tasks
        ? repository.readActivity(tx, cursors.activity, rowsAtOnce)
        : repository.readRevocations(tx, cursors.activity, rowsAtOnce),
    ]);

    const changes: TaskChange[] = [];
    for (const row of activityRows) {
      if (isTaskAction(row.action)) changes.push(toTaskChange({ ...row, action: row.action }));
    }
    const team_ids = new Set(changes.flatMap(({ team_ids, task }) => [...team_ids, task?.team_id ?? []].flat()));
    const memberships = await repository.readMemberships(tx, [...team_ids]);

    // What is settled and below the horizon has been read in full, unless the limit cut it off.
    const settled = activityRows.filter((row) => row.is_settled);
    const nextOf = (rows: readonly { xid: string; seq: bigint }[], isCut: boolean, before: Position): Position => {
      const last = rows.at(-1);
      if (!isCut) return horizon.xmin > before.xid ? startOf(horizon.xmin) : before;
      return last ? { xid: BigInt(last.xid), seq: last.seq } : before;
    };
    const isFull = { notifications: notificationRows.length === rowsAtOnce, activity: settled.length === rowsAtOnce };
    return {
      cursors: {
        notifications: nextOf(notificationRows, isFull.notifications, cursors.notifications),
        activity: nextOf(settled, isFull.activity, cursors.activity),
      },
      isFull: isFull.notifications || isFull.activity,
      isPending: horizon.isPending,
      isForeign: cursors.activity.xid > horizon.xmax || cursors.notifications.xid > horizon.xmax,
      revocations: activityRows.filter((row) => !isTaskAction(row.action)),
      notifications: notificationRows.filter((row) => row.is_readable).map(toItem),
      changes,
      memberships,
    };
  }, snapshot);
  return withDeadline(reading, deadlineMs);
}

type StreamedNotification = Awaited<ReturnType<typeof repository.readNotifications>>[number];

const toItem = ({ xid, seq, is_readable: _isReadable, ...row }: StreamedNotification): NotificationItem => ({
  mark: { xid: BigInt(xid), seq, at: row.created_at.getTime() },
  row,
});
