import { notifications } from '@taskmaster/core/tables';
import { uuidv7 } from 'uuidv7';
import type { Stream } from '../realtime/event-id.ts';
import type { Hub } from '../realtime/hub.ts';
import type { ActorContext } from '../shared/context.ts';
import type { World } from './realtime-world.ts';
import { collect } from './realtime-world.ts';

interface TestStream {
  stream: Stream;
  watch: (hub: Hub, user: ActorContext, lastEventId?: string) => ReturnType<typeof collect>;
  /** So many events for this user, one after the other; their ids, as `told` says them. */
  write: (user: ActorContext, count: number) => Promise<string[]>;
}

/** For what has to be true of tasks and of notifications alike. */
export function bothStreams(world: () => World): Record<Stream, TestStream> {
  const ids = (count: number) => Array.from({ length: count }, () => uuidv7());
  return {
    tasks: {
      stream: 'tasks',
      watch: (hub, user, lastEventId) => collect((signal) => hub.watchTasks(user, { lastEventId }, signal)),
      async write(user, count) {
        const written: string[] = [];
        while (written.length < count) written.push((await world().createTask(user)).id);
        return written;
      },
    },
    notifications: {
      stream: 'notifications',
      watch: (hub, user, lastEventId) => collect((signal) => hub.watchNotifications(user, { lastEventId }, signal)),
      async write({ actor }, count) {
        const rows = ids(count).map((id) => ({ id, user_id: actor.id, type: 'team_added', title: 'hello' }) as const);
        for (const row of rows) await world().db.insert(notifications).values(row);
        world().hub.wake();
        return rows.map(({ id }) => id);
      },
    },
  };
}
