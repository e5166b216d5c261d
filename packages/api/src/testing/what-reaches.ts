import { until } from '@taskmaster/testing';
import type { ActorContext } from '../shared/context.ts';
import type { World } from './realtime-world.ts';
import { collect } from './realtime-world.ts';

interface Seen {
  action: string;
  task_id: string;
  team_id: string | null;
  title: string | undefined;
}

export const idsOf = (seen: readonly Seen[]) => seen.map(({ task_id }) => task_id);

/** What the world's hub tells of tasks, live and resumed. */
export function observe(world: () => World) {
  function watch(user: ActorContext, input?: { team_id?: string; lastEventId?: string }) {
    const watching = collect((signal) => world().hub.watchTasks(user, input, signal));
    const seen = (): Seen[] =>
      watching.items.flatMap(({ event }) => {
        if (event.type !== 'task') return [];
        const { action, task_id, team_id, task } = event;
        return { action, task_id, team_id, title: task?.title };
      });
    return { ...watching, seen };
  }

  /** Waits until an admin has heard of a last change: then everybody else has heard what they will hear. */
  async function settle(): Promise<void> {
    const admin = await world().createUser('admin');
    const sentinel = watch(admin);
    const { id } = await world().createTask(admin);
    await until(() => sentinel.seen().some(({ task_id }) => task_id === id), 'the sentinel');
    await sentinel.stop();
  }

  /**
   * Runs `change` while `user` listens, and lets them resume from before it too: whatever is true of the one has to be
   * true of the other.
   */
  async function whatReaches(user: ActorContext, change: () => Promise<unknown>, input: { team_id?: string } = {}) {
    await settle();
    const before = watch(user);
    await world().createTask(user);
    await until(() => before.items.length === 1, 'a first position');
    const lastEventId = before.items[0]?.id ?? '';
    await before.stop();

    await settle();
    const live = watch(user, input);
    await change();
    await settle();
    const resumed = watch(user, { ...input, lastEventId });
    await until(() => resumed.positions.length === 1, 'all that was missed');
    await settle();
    await Promise.all([live.stop(), resumed.stop()]);
    const resyncs = [live, resumed].map(({ items }) => items.filter(({ event }) => event.type === 'resync').length);
    return { live: live.seen(), resumed: resumed.seen(), resyncs };
  }

  return { watch, settle, whatReaches };
}
