import type {
  NotificationEvent,
  TaskEvent,
  WatchNotificationsInput,
  WatchTasksInput,
} from '@taskmaster/core/contracts';
import { AppError } from '@taskmaster/core/errors';
import type { Actor } from '@taskmaster/core/policies';
import type { Database } from '@taskmaster/database';
import { databaseErrorCode, withDeadline } from '@taskmaster/database';
import type { Sql } from 'postgres';
import type { Bus } from './bus/bus.ts';
import { createPostgresBus } from './bus/postgres-bus.ts';
import { readMissedNotifications } from './catch-up.ts';
import { isBeyond, placeBeforeNewest } from './catch-up.repository.ts';
import { fanOutNotifications, fanOutTasks } from './fan-out.ts';
import type { HubSettings } from './hub-settings.ts';
import { hubDefaults } from './hub-settings.ts';
import type { Position } from './position.ts';
import { comparePositions } from './position.ts';
import type { RealtimeLog } from './realtime-log.ts';
import { createRecentRoles } from './recent-roles.ts';
import type { Narrowing, Revocation } from './revocations.ts';
import { createNarrowings } from './revocations.ts';
import { shareCalls } from '../shared/share-calls.ts';
import { shareCatchUp } from './shared-catch-up.ts';
import { createStreamReader } from './stream-reader.ts';
import { createSubscribers } from './subscribers.ts';
import { createWakeUps } from './wake-ups.ts';
import type { PacedContext } from './watch.ts';
import { watch } from './watch.ts';

type EventStream<Event> = AsyncGenerator<readonly [id: string, event: Event], void, undefined>;

/** Plain numbers for `/metrics`. Counters are since the start of the process. */
interface HubStats {
  subscriptions: { notifications: number; tasks: number };
  /** Events handed to subscriptions, live. */
  delivered: number;
  resyncs: number;
  catchUpReads: number;
  reads: number;
  readErrors: number;
  revocations: number;
  /** For how long there have been committed rows that are not handed out: 0 where there are none. */
  lagMs: number;
  /** Milliseconds since the streams were last read successfully; Infinity before the first time. */
  sinceReadMs: number;
}

/** Everything that follows from committed rows, for the sockets of this process. */
export interface Hub {
  /** Starts to read at the end of the streams. Resolves when it has found that; while the database is away it tries. */
  start: () => Promise<void>;
  /** Ends every subscription, the reading and the bus. */
  stop: () => Promise<void>;
  /** A write of this process has committed: read soon, and tell the others. */
  wake: () => void;
  watchNotifications: (
    ctx: PacedContext,
    input: WatchNotificationsInput,
    signal: AbortSignal,
  ) => EventStream<NotificationEvent>;
  watchTasks: (ctx: PacedContext, input: WatchTasksInput, signal: AbortSignal) => EventStream<TaskEvent>;
  /** Called within a second of every end of a session or a user, whichever process caused it. Returns how to stop. */
  onRevocation: (listener: (revocation: Revocation) => void) => () => void;
  /**
   * Called for every live event as it is handed to whoever sends it, with the milliseconds since its row's time. That is
   * when it was written, by the database's clock: more than from commit to send, by what its transaction took after that.
   */
  onDelivery: (listener: (latencyMs: number) => void) => void;
  stats: () => HubStats;
}

export interface HubOptions extends Partial<HubSettings> {
  /** What the streams are read with. A pool of its own keeps the readers out of the queue of busy requests. */
  db: Database;
  /** Its settings make the connection of LISTEN; itself it is not used. */
  sql: Sql;
  bus?: Bus;
  log?: RealtimeLog;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export function createHub({ db, sql, log, now = Date.now, bus: givenBus, ...overrides }: HubOptions): Hub {
  const settings: HubSettings = { ...hubDefaults, ...overrides };
  const bus = givenBus ?? createPostgresBus({ sql, ...(log && { log }) });
  const wakeUps = createWakeUps(bus, settings.publishMs, (error) =>
    log?.warn({ code: databaseErrorCode(error) }, 'a wake-up was not sent: other processes find the rows by polling'),
  );
  const notifications = createSubscribers<NotificationEvent>();
  const tasks = createSubscribers<TaskEvent>();
  const listeners = new Set<(revocation: Revocation) => void>();
  const roles = createRecentRoles(now);
  const narrowingsOf = createNarrowings();
  const counters = { delivered: 0, resyncs: 0, catchUpReads: 0, revocations: 0 };
  const everybody = () => [...notifications.all(), ...tasks.all()];

  const reader = createStreamReader({
    db,
    settings,
    log,
    now,
    wants: () => ({ notifications: notifications.size > 0, tasks: tasks.size > 0 }),
    onBatch(batch) {
      // Before anything is delivered: no event reaches whom the same read says it must not.
      for (const narrowing of narrowingsOf(batch.revocations)) narrow(narrowing);
      counters.delivered += fanOutNotifications(batch, notifications) + fanOutTasks(batch, tasks);
    },
    onForeign() {
      for (const { queue } of everybody()) queue.fail(new AppError('UNAVAILABLE'));
    },
  });

  function narrow(narrowing: Narrowing): void {
    if (narrowing.kind === 'role') {
      roles.set(narrowing.user_id, narrowing.role);
      notifications.setRole(narrowing.user_id, narrowing.role);
      tasks.setRole(narrowing.user_id, narrowing.role);
      return;
    }
    counters.revocations++;
    for (const listener of listeners) {
      try {
        listener(narrowing);
      } catch (error) {
        log?.warn({ kind: error instanceof Error ? error.name : typeof error }, 'a listener to revocations failed');
      }
    }
    for (const { actor, queue } of everybody()) {
      const isTheirs =
        narrowing.kind === 'user' ? actor.id === narrowing.user_id : actor.session_id === narrowing.session_id;
      if (isTheirs) queue.fail(new AppError('UNAUTHENTICATED'));
    }
  }

  const farthestPlace = shareCalls(() =>
    withDeadline(placeBeforeNewest(db, settings.maxCatchUpRows), settings.readDeadlineMs),
  );
  let tellDelivery: (latencyMs: number) => void = () => undefined;
  const onDelivery = (latencyMs: number) => tellDelivery(Math.max(0, latencyMs));
  const common = { correct: roles.correct, settings, now, counters, onDelivery };
  const onNotifications = {
    ...common,
    stream: 'notifications',
    subscribers: notifications,
    readPage: readMissedNotifications(db, settings.readDeadlineMs),
    isTooFar: (actor: Actor, from: Position, to: Position) =>
      withDeadline(isBeyond(db, actor, { from, to, rows: settings.maxCatchUpRows }), settings.readDeadlineMs),
    cursor: () => reader.cursors()?.notifications,
  } as const;
  const onTasks = {
    ...common,
    stream: 'tasks',
    subscribers: tasks,
    readPage: shareCatchUp({
      db,
      rows: settings.catchUpRows,
      deadlineMs: settings.readDeadlineMs,
    }),
    async isTooFar(_actor: Actor, from: Position) {
      const farthest = await farthestPlace();
      return farthest !== undefined && comparePositions(from, farthest) < 0;
    },
    cursor: () => reader.cursors()?.activity,
  } as const;

  return {
    async start() {
      bus.subscribe(reader.ring);
      await reader.start();
    },
    async stop() {
      wakeUps.stop();
      for (const { queue } of everybody()) queue.end();
      await Promise.all([reader.stop(), bus.close()]);
    },
    wake() {
      reader.ring();
      wakeUps.publish();
    },
    watchNotifications: (ctx, input, signal) => watch(onNotifications, ctx, { ...input }, signal),
    watchTasks: (ctx, input, signal) => watch(onTasks, ctx, { ...input }, signal),
    onRevocation(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDelivery(listener) {
      tellDelivery = listener;
    },
    stats: () => ({
      ...counters,
      ...reader.stats(),
      subscriptions: { notifications: notifications.size, tasks: tasks.size },
    }),
  };
}
