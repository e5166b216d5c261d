import type { Database } from '@taskmaster/database';
import { withDeadline } from '@taskmaster/database';
import { hasEffect } from './action-effects.ts';
import type { NotificationRow } from '../notifications/notifications.repository.ts';
import type { ActivityStreamRow } from './batch.repository.ts';
import * as repository from './batch.repository.ts';
import type { Memberships } from './memberships.repository.ts';
import { ofTeams } from './memberships.repository.ts';
import type { Mark } from './position.ts';
import { startOf } from './position.ts';
import type { TaskChange } from './task-change.ts';
import { toTaskChange } from './task-change.ts';
import type { ViewChange } from './view-change.ts';
import { toViewChange } from './view-change.ts';

/** Up to where each stream was read, by this process. */
export interface Cursors {
  notifications: Mark;
  activity: Mark;
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
  /** Of tasks, and of who sees which: in the order of the stream. */
  changes: readonly (TaskChange | ViewChange)[];
  memberships: Memberships;
}

export interface BatchOptions {
  /** Whether anybody listens: what nobody listens to is passed over, not read. */
  wants: { notifications: boolean; tasks: boolean };
  rowsAtOnce: number;
  deadlineMs: number;
}

type PlacedRow = { xid: string; seq: bigint; created_at: Date };

const markOf = ({ xid, seq, created_at }: PlacedRow): Mark => ({ xid: BigInt(xid), seq, at: created_at.getTime() });

const snapshot = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const;

/** The position of the newest row that is settled: where a process that starts now begins. */
export async function readHead(db: Database, deadlineMs: number): Promise<Mark> {
  const { xmin } = await withDeadline(db.transaction(repository.readHorizon, snapshot), deadlineMs);
  return startOf(xmin);
}

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

    // What is settled and below the horizon has been read in full, unless the limit cut it off.
    const settled = activityRows.filter((row) => row.is_settled);
    const changes = wants.tasks ? settled.flatMap((row) => toChange(row) ?? []) : [];
    const team_ids = new Set(changes.flatMap(teamsOf));
    const memberships = await ofTeams(tx, [...team_ids]);

    const nextOf = (rows: readonly PlacedRow[], isCut: boolean, before: Mark): Mark => {
      const last = rows.at(-1);
      if (!isCut) return horizon.xmin > before.xid ? startOf(horizon.xmin) : before;
      return last ? markOf(last) : before;
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
      revocations: activityRows.filter((row) => hasEffect(row.action, 'session', 'user', 'role')),
      notifications: notificationRows.filter((row) => row.is_readable).map(toItem),
      changes,
      memberships,
    };
  }, snapshot);
  return withDeadline(reading, deadlineMs);
}

type ChangeRow = Omit<ActivityStreamRow, 'is_settled'>;
type StreamedNotification = Awaited<ReturnType<typeof repository.readNotifications>>[number];

const toItem = (read: StreamedNotification): NotificationItem => {
  const { xid: _xid, seq: _seq, is_readable: _isReadable, ...row } = read;
  return { mark: markOf(read), row };
};

/** Undefined for what is no news to who watches tasks. */
export function toChange({ action, ...row }: ChangeRow): TaskChange | ViewChange | undefined {
  if (hasEffect(action, 'task')) return toTaskChange({ ...row, action });
  return hasEffect(action, 'members', 'role') ? toViewChange({ ...row, action }) : undefined;
}

/** The teams whose members a change is for. */
function teamsOf(change: TaskChange | ViewChange): string[] {
  if (change.kind === 'view') return [];
  const now = change.task?.team_id;
  return typeof now === 'string' ? [...change.team_ids, now] : [...change.team_ids];
}
