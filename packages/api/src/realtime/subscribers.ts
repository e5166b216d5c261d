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

/** Whom events can be handed to. */
export interface Listener<Event> {
  /** Its role follows the stream. */
  actor: Actor;
  team_id: string | undefined;
  queue: Pick<EventQueue<Delivery<Event>>, 'push'>;
}

export interface Subscriber<Event> extends Listener<Event> {
  /** Everything after it comes through the queue. */
  since: Mark;
  queue: EventQueue<Delivery<Event>>;
}

/** Who hears what is handed out. */
export interface Audience<Event, Member extends Listener<Event> = Listener<Event>> {
  readonly size: number;
  of: (user_id: string) => Iterable<Member>;
  admins: () => Iterable<Member>;
}

/** Who listens to one stream, by user. */
export interface Subscribers<Event, Member extends Listener<Event> = Subscriber<Event>> extends Audience<
  Event,
  Member
> {
  add: (subscriber: Member) => void;
  remove: (subscriber: Member) => void;
  all: () => Iterable<Member>;
  setRole: (user_id: string, role: Actor['role']) => void;
}

export function createSubscribers<Event, Member extends Listener<Event> = Subscriber<Event>>(): Subscribers<
  Event,
  Member
> {
  const all = new Set<Member>();
  const byUser = new Map<string, Set<Member>>();
  const admins = new Set<Member>();

  const sortAdmin = (subscriber: Member) =>
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
