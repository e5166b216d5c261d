import type { Actor } from '@taskmaster/core/policies';
import { isAdmin } from '@taskmaster/core/policies';
import type { EventQueue } from './event-queue.ts';
import type { Mark } from './position.ts';

/** An event, its place, and the part of its id that all its readers share. */
export interface Delivery<Event> {
  position: Mark;
  mark: string;
  event: Event;
}

export interface Subscriber<Event> {
  /** Its role follows the stream. */
  actor: Actor;
  team_id: string | undefined;
  /** Everything after it comes through the queue. */
  since: Mark;
  queue: EventQueue<Delivery<Event>>;
}

/** Who listens to one stream, by user. */
export interface Subscribers<Event> {
  readonly size: number;
  add: (subscriber: Subscriber<Event>) => void;
  remove: (subscriber: Subscriber<Event>) => void;
  of: (user_id: string) => Iterable<Subscriber<Event>>;
  admins: () => Iterable<Subscriber<Event>>;
  all: () => Iterable<Subscriber<Event>>;
  setRole: (user_id: string, role: Actor['role']) => void;
}

export function createSubscribers<Event>(): Subscribers<Event> {
  const all = new Set<Subscriber<Event>>();
  const byUser = new Map<string, Set<Subscriber<Event>>>();
  const admins = new Set<Subscriber<Event>>();

  const sortAdmin = (subscriber: Subscriber<Event>) =>
    isAdmin(subscriber.actor) ? admins.add(subscriber) : admins.delete(subscriber);
  const of = (user_id: string) => byUser.get(user_id) ?? [];

  return {
    get size() {
      return all.size;
    },
    add(subscriber) {
      all.add(subscriber);
      const { id } = subscriber.actor;
      byUser.set(id, (byUser.get(id) ?? new Set()).add(subscriber));
      sortAdmin(subscriber);
    },
    remove(subscriber) {
      all.delete(subscriber);
      admins.delete(subscriber);
      const { id } = subscriber.actor;
      const mine = byUser.get(id);
      mine?.delete(subscriber);
      if (mine?.size === 0) byUser.delete(id);
    },
    of,
    admins: () => admins,
    all: () => all,
    setRole(user_id, role) {
      for (const subscriber of of(user_id)) {
        subscriber.actor = { ...subscriber.actor, role };
        sortAdmin(subscriber);
      }
    },
  };
}
