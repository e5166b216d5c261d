import type { TaskEvent } from '@taskmaster/core/contracts';
import type { Database } from '@taskmaster/database';
import { withDeadline } from '@taskmaster/database';
import type { ReadPage } from './catch-up.ts';
import { ofUsers } from './memberships.repository.ts';
import type { Position } from './position.ts';
import { comparePositions } from './position.ts';
import { handOut } from './shared-hand-out.ts';
import type { Found, SharedReader } from './shared-hand-out.ts';
import * as repository from './shared-catch-up.repository.ts';

export interface SharedCatchUpOptions {
  db: Database;
  /** How many rows are read at once, for all. */
  rows: number;
  deadlineMs: number;
}

const snapshot = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const;
/** Readers of one read: it stays short for everybody else who needs the connection, and the process. */
const mostReaders = 500;

/**
 * After a restart or a lost network everybody resumes at once, from nearly the same place: what is new is read once for
 * all who ask while the read before is going on, and handed out as live events are, by the same rule. The newest rows
 * serve nearly all; who is further behind is read for from the oldest place on, page by page, with all who are there.
 */
export function shareCatchUp({ db, rows, deadlineMs }: SharedCatchUpOptions): ReadPage<TaskEvent> {
  let newcomers: SharedReader[] = [];
  let behind: SharedReader[] = [];
  let isReading = false;

  async function readAll(): Promise<void> {
    isReading = true;
    // Who resumes in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    // In turns: who is nearly there does not wait for those who are far behind.
    while (newcomers.length > 0 || behind.length > 0) {
      const near = newcomers.slice(0, mostReaders);
      newcomers = newcomers.slice(mostReaders);
      await serve(near, readNewest);
      behind = behind.toSorted((one, other) => comparePositions(one.range.from, other.range.from));
      const far = behind.slice(0, mostReaders);
      behind = behind.slice(mostReaders);
      await serve(far, readOldest);
    }
    isReading = false;
  }

  async function serve(readers: SharedReader[], read: (readers: SharedReader[]) => Promise<void>): Promise<void> {
    if (readers.length === 0) return;
    try {
      await read(readers);
    } catch (error) {
      for (const { fail } of readers) fail(error);
    }
  }

  async function readNewest(readers: SharedReader[]): Promise<void> {
    const found = await readFor(readers, repository.newestChanges);
    // Everything after it has been read; undefined: everything since the first of them.
    const reach = found.rows.length === rows ? placeOf(found.rows.at(0)) : undefined;
    const isNear = ({ range }: SharedReader) => !reach || comparePositions(range.from, reach) >= 0;
    handOut(readers.filter(isNear), found, undefined);
    behind.push(...readers.filter((reader) => !isNear(reader)));
  }

  async function readOldest(readers: SharedReader[]): Promise<void> {
    const found = await readFor(readers, repository.oldestChanges);
    const end = found.rows.length === rows ? placeOf(found.rows.at(-1)) : undefined;
    const isHere = ({ range }: SharedReader) => !end || comparePositions(range.from, end) < 0;
    handOut(readers.filter(isHere), found, end);
    behind.push(...readers.filter((reader) => !isHere(reader)));
  }

  async function readFor(readers: readonly SharedReader[], read: typeof repository.newestChanges): Promise<Found> {
    const inOrder = (places: readonly Position[]) => places.toSorted(comparePositions);
    const from = inOrder(readers.map(({ range }) => range.from)).at(0);
    const to = inOrder(readers.map(({ range }) => range.to)).at(-1);
    if (!from || !to) throw new Error('nobody to read for');
    const claims = readers.flatMap(({ range }) => range.claim ?? []);
    const user_ids = [...new Set(readers.map(({ viewer }) => viewer.actor.id))];
    const reading = db.transaction(
      (tx) => Promise.all([read(tx, from, to, rows), ofUsers(tx, user_ids), repository.knownMarks(tx, claims)]),
      snapshot,
    );
    const [changes, memberships, isKnown] = await withDeadline(reading, deadlineMs);
    return { rows: changes, memberships, isKnown };
  }

  return async (viewer, range) => {
    const {
      promise,
      resolve: settle,
      reject: fail,
    } = Promise.withResolvers<Awaited<ReturnType<ReadPage<TaskEvent>>>>();
    // Who goes on with the next page was behind a moment ago.
    (range.claim ? newcomers : behind).push({ viewer, range, settle, fail });
    if (!isReading) void readAll();
    return promise;
  };
}

const placeOf = (row: Found['rows'][number] | undefined): Position | undefined =>
  row && { xid: BigInt(row.xid), seq: row.seq };
