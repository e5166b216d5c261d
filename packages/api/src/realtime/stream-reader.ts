import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@taskmaster/database';
import { databaseErrorCode } from '@taskmaster/database';
import { createBell } from './bell.ts';
import type { HubSettings } from './hub-settings.ts';
import type { Batch, Cursors } from './read-batch.ts';
import { readBatch, readHead } from './read-batch.ts';
import type { RealtimeLog } from './realtime-log.ts';

/** Who is interested in which stream at this moment. */
type Wants = Record<'notifications' | 'tasks', boolean>;

export interface StreamReader {
  start: () => Promise<void>;
  stop: () => Promise<void>;
  /** Read soon. */
  ring: () => void;
  /** Up to where the streams have been handed out; undefined before the first read. */
  cursors: () => Cursors | undefined;
  stats: () => { reads: number; readErrors: number; sinceReadMs: number; lagMs: number };
}

export interface StreamReaderOptions {
  db: Database;
  settings: HubSettings;
  log: RealtimeLog | undefined;
  now: () => number;
  wants: () => Wants;
  /** Must not wait: the cursors move in the same turn, so that whoever listens since a cursor misses nothing. */
  onBatch: (batch: Batch) => void;
  /** The database is not the one that was read before (restored, replaced): no position on it means anything now. */
  onForeign: () => void;
}

const retryMs = { first: 50, longest: 1_000 } as const;

/** The one loop of a process that reads the streams. It ends with `stop` only: errors make it pause, and go on. */
export function createStreamReader(options: StreamReaderOptions): StreamReader {
  const { db, settings, log, now } = options;
  const bell = createBell();
  const counters = { reads: 0, readErrors: 0 };
  const state = { isStopping: false, lastReadAt: -Infinity, isBehind: false, endReachedAt: now() };
  let cursors: Cursors | undefined;
  let running: Promise<void> | undefined;

  async function read(from: Cursors, wants: Wants): Promise<Batch> {
    const { rowsAtOnce, readDeadlineMs } = settings;
    const batch = await readBatch(db, from, { wants, rowsAtOnce, deadlineMs: readDeadlineMs });
    counters.reads++;
    state.lastReadAt = now();
    state.isBehind = batch.isFull || batch.isPending;
    if (!state.isBehind) state.endReachedAt = state.lastReadAt;
    return batch;
  }

  /** Returns whether there is more to read at once. */
  function handOut(batch: Batch, from: Cursors, wanted: Wants): boolean {
    options.onBatch(batch);
    const wants = options.wants();
    // Somebody came while their stream was passed over: what they wait for lies behind this batch.
    const isMissed = {
      notifications: wants.notifications && !wanted.notifications,
      tasks: wants.tasks && !wanted.tasks,
    };
    cursors = {
      notifications: isMissed.notifications ? from.notifications : batch.cursors.notifications,
      activity: isMissed.tasks ? from.activity : batch.cursors.activity,
    };
    return batch.isFull || isMissed.notifications || isMissed.tasks;
  }

  /** Reads until there is nothing more. Resolves with whether a row waits for an open transaction. */
  async function drain(): Promise<boolean> {
    while (!state.isStopping) {
      if (!cursors) {
        const head = await readHead(db, settings.readDeadlineMs);
        cursors = { notifications: head, activity: head };
      }
      const wanted = options.wants();
      const batch = await read(cursors, wanted);
      if (batch.isForeign) {
        log?.warn({}, 'the database is not the one that was read before: every subscription is ended');
        cursors = undefined;
        options.onForeign();
      } else if (!handOut(batch, cursors, wanted)) {
        return batch.isPending;
      }
    }
    return false;
  }

  /** Under many writes one read serves several of them. The first after a pause is never delayed. */
  function gap(): number {
    const { notifications, tasks } = options.wants();
    return notifications || tasks ? settings.readGapMs : settings.idleGapMs;
  }

  async function run(onReady: () => void): Promise<void> {
    let failures = 0;
    let waits = 0;
    while (!state.isStopping) {
      let pauseMs = settings.pollMs;
      try {
        waits = (await drain()) ? waits + 1 : 0;
        failures = 0;
        onReady();
        if (waits > 0) pauseMs = Math.min(settings.pendingMs * 2 ** Math.min(waits - 1, 16), settings.pollMs);
      } catch (error) {
        counters.readErrors++;
        state.isBehind = true;
        pauseMs = Math.min(retryMs.first * 2 ** Math.min(failures++, 16), retryMs.longest);
        log?.warn({ code: databaseErrorCode(error), kind: kindOf(error) }, 'the streams could not be read');
      }
      await sleep(gap());
      await bell.sleep(pauseMs);
    }
  }

  return {
    async start() {
      if (running) return;
      const { promise: ready, resolve } = Promise.withResolvers<void>();
      running = run(resolve);
      await Promise.race([ready, running]);
    },
    async stop() {
      state.isStopping = true;
      bell.ring();
      await running;
    },
    ring: () => bell.ring(),
    cursors: () => cursors,
    stats: () => ({
      ...counters,
      sinceReadMs: now() - state.lastReadAt,
      lagMs: state.isBehind ? now() - state.endReachedAt : 0,
    }),
  };
}

/** Not the message: that of a query holds its parameters. */
const kindOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
