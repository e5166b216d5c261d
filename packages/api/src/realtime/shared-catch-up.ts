import type { TaskEvent } from '@taskmaster/core/contracts';
import type { Database } from '@taskmaster/database';
import { withDeadline } from '@taskmaster/database';
import type { ReadPage } from './catch-up.ts';
import type { Range } from './catch-up.repository.ts';
import { fanOutTasks } from './fan-out.ts';
import { ofUsers } from './memberships.repository.ts';
import type { Mark, Position } from './position.ts';
import { comparePositions } from './position.ts';
import { toChange } from './read-batch.ts';
import * as repository from './shared-catch-up.repository.ts';
import type { Delivery, Listener } from './subscribers.ts';
import { createSubscribers } from './subscribers.ts';
import type { TaskViewer } from './task-view.ts';

type Page = Awaited<ReturnType<ReadPage<TaskEvent>>>;

interface Wanted {
  viewer: TaskViewer;
  range: Range;
  claim: Mark;
  settle: (page: Page | Promise<Page>) => void;
  fail: (error: unknown) => void;
}

export interface SharedCatchUpOptions {
  db: Database;
  /** How many of the newest rows are read for all. Who is further behind reads alone. */
  rows: number;
  deadlineMs: number;
  /** How somebody reads alone. */
  readAlone: ReadPage<TaskEvent>;
}

const snapshot = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const;
/** Readers of one read: it stays short for everybody else who needs the connection, and the process. */
const mostReaders = 500;

/**
 * After a restart or a lost network everybody resumes at once, from nearly the same place: what is new is read once for
 * all who ask while the read before is going on, and handed out as live events are, by the same rule.
 */
export function shareCatchUp(options: SharedCatchUpOptions): ReadPage<TaskEvent> {
  const { db, rows, deadlineMs, readAlone } = options;
  let waiting: Wanted[] = [];
  let isReading = false;

  async function readAll(): Promise<void> {
    isReading = true;
    // Who resumes in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const readers = waiting.slice(0, mostReaders);
      waiting = waiting.slice(mostReaders);
      try {
        await read(readers);
      } catch (error) {
        for (const { fail } of readers) fail(error);
      }
    }
    isReading = false;
  }

  async function read(readers: readonly Wanted[]): Promise<void> {
    const byPlace = (places: Position[]) => places.toSorted(comparePositions);
    const [from] = byPlace(readers.map(({ claim }) => claim));
    const to = byPlace(readers.map(({ range }) => range.to)).at(-1);
    if (!from || !to) return;
    const user_ids = [...new Set(readers.map(({ viewer }) => viewer.actor.id))];
    const reading = db.transaction(
      (tx) =>
        Promise.all([
          repository.newestChanges(tx, from, to, rows),
          ofUsers(tx, user_ids),
          repository.knownMarks(
            tx,
            readers.map(({ claim }) => claim),
          ),
        ]),
      snapshot,
    );
    const [newest, memberships, isKnown] = await withDeadline(reading, deadlineMs);
    const changes = newest.toReversed().flatMap((row) => toChange(row) ?? []);
    // Everything after it has been read; undefined: everything since the first of them.
    const oldest = newest.length === rows ? newest.at(-1) : undefined;
    const reach: Position | undefined = oldest && { xid: BigInt(oldest.xid), seq: oldest.seq };

    const audience = createSubscribers<TaskEvent, Listener<TaskEvent>>();
    const told: [settle: Wanted['settle'], events: Delivery<TaskEvent>[]][] = [];
    for (const { viewer, range, claim, settle } of readers) {
      if (!isKnown(claim)) {
        settle(undefined);
      } else if (reach && comparePositions(claim, reach) < 0) {
        settle(readAlone(viewer, range));
      } else {
        const events: Delivery<TaskEvent>[] = [];
        const push = (delivery: Delivery<TaskEvent>) => void (isWithin(delivery, range) && events.push(delivery));
        audience.add({ ...viewer, queue: { push } });
        told.push([settle, events]);
      }
    }
    fanOutTasks({ changes, memberships }, audience);
    for (const [settle, events] of told) settle({ events, next: undefined });
  }

  return async (viewer, range) => {
    const { claim } = range;
    if (!claim) return readAlone(viewer, range);
    const { promise, resolve: settle, reject: fail } = Promise.withResolvers<Page>();
    waiting.push({ viewer, range, claim, settle, fail });
    if (!isReading) void readAll();
    return promise;
  };
}

const isWithin = ({ position }: Delivery<TaskEvent>, { from, to }: Range) =>
  comparePositions(position, from) > 0 && comparePositions(position, to) <= 0;
