import type { NotificationEvent, TaskEvent } from '@taskmaster/core/contracts';
import { presentNotification } from '../notifications/notifications.presenter.ts';
import { encodeMark } from './event-id.ts';
import type { Batch } from './read-batch.ts';
import type { Audience, Delivery, Listener } from './subscribers.ts';
import { presentTaskChange } from './task-change.ts';
import type { TaskChange } from './task-change.ts';
import type { ViewChange } from './view-change.ts';
import { concerns } from './view-change.ts';
import { viewOf } from './task-view.ts';

/** Returns how many events were handed to subscribers. */
export function fanOutNotifications(batch: Batch, subscribers: Audience<NotificationEvent>): number {
  let delivered = 0;
  for (const { mark, row } of batch.notifications) {
    let delivery: Delivery<NotificationEvent> | undefined;
    for (const subscriber of subscribers.of(row.user_id)) {
      delivery ??= {
        position: mark,
        mark: encodeMark('notifications', mark),
        event: { type: 'notification', data: presentNotification(row) },
      };
      subscriber.queue.push(delivery);
      delivered++;
    }
  }
  return delivered;
}

type TaskBatch = Pick<Batch, 'changes' | 'memberships'>;

/** Every subscriber whom the change can be for; each at most once. */
function candidates(change: TaskChange, batch: TaskBatch, subscribers: Audience<TaskEvent>) {
  const found = new Set<Listener<TaskEvent>>(subscribers.admins());
  const users = new Set(change.assignee_ids);
  for (const team_id of change.team_ids) {
    for (const user_id of batch.memberships.get(team_id)?.keys() ?? []) users.add(user_id);
  }
  if (change.task) users.add(change.task.created_by_id);
  if (change.task?.assigned_to_id) users.add(change.task.assigned_to_id);
  for (const user_id of users) {
    for (const subscriber of subscribers.of(user_id)) found.add(subscriber);
  }
  return found;
}

/** Who sees other tasks from here on reads the lists again. */
function tellOfView(change: ViewChange, subscribers: Audience<TaskEvent>): number {
  const { mark, user_ids, isForAdmins } = change;
  const found = new Set(user_ids.flatMap((user_id) => [...subscribers.of(user_id)]));
  if (isForAdmins) for (const admin of subscribers.admins()) found.add(admin);
  const concerned = [...found].filter(({ team_id }) => concerns(change, team_id));
  const delivery: Delivery<TaskEvent> = { position: mark, mark: encodeMark('tasks', mark), event: { type: 'resync' } };
  for (const { queue } of concerned) queue.push(delivery);
  return concerned.length;
}

/** As for notifications. Who may hear what is decided by the batch's snapshot, for each subscriber. */
export function fanOutTasks(batch: TaskBatch, subscribers: Audience<TaskEvent>): number {
  if (subscribers.size === 0) return 0;
  let delivered = 0;
  for (const change of batch.changes) {
    if (change.kind === 'view') {
      delivered += tellOfView(change, subscribers);
      continue;
    }
    const deliveries: { visible?: Delivery<TaskEvent>; left?: Delivery<TaskEvent> } = {};
    for (const subscriber of candidates(change, batch, subscribers)) {
      const memberSince = (team_id: string) => batch.memberships.get(team_id)?.get(subscriber.actor.id);
      const view = viewOf(change, subscriber, memberSince);
      if (view === 'none') continue;
      deliveries[view] ??= {
        position: change.mark,
        mark: encodeMark('tasks', change.mark),
        event: presentTaskChange(change, view === 'visible'),
      };
      subscriber.queue.push(deliveries[view]);
      delivered++;
    }
  }
  return delivered;
}
