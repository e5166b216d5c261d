import type { TaskEvent } from '@taskmaster/core/contracts';
import type { ReadPage } from './catch-up.ts';
import type { Range } from './catch-up.repository.ts';
import { fanOutTasks } from './fan-out.ts';
import type { Memberships } from './memberships.repository.ts';
import type { Mark, Position } from './position.ts';
import { comparePositions } from './position.ts';
import { toChange } from './read-batch.ts';
import type { SharedChangeRow } from './shared-catch-up.repository.ts';
import type { Delivery, Listener } from './subscribers.ts';
import { createSubscribers } from './subscribers.ts';
import type { TaskViewer } from './task-view.ts';

type Page = Awaited<ReturnType<ReadPage<TaskEvent>>>;

/** Somebody who waits for what they missed. */
export interface SharedReader {
  viewer: TaskViewer;
  range: Range;
  settle: (page: Page) => void;
  fail: (error: unknown) => void;
}

/** One read for many, of one snapshot. */
export interface Found {
  /** In the order of the stream. */
  rows: readonly SharedChangeRow[];
  memberships: Memberships;
  isKnown: (claim: Mark) => boolean;
}

/** To each reader what is theirs, as live events are handed out. `end`: there may be more after it. */
export function handOut(readers: readonly SharedReader[], found: Found, end: Position | undefined): void {
  const audience = createSubscribers<TaskEvent, Listener<TaskEvent>>();
  const pages: [settle: SharedReader['settle'], page: Page][] = [];
  for (const { viewer, range, settle } of readers) {
    if (range.claim && !found.isKnown(range.claim)) {
      pages.push([settle, undefined]);
      continue;
    }
    const events: Delivery<TaskEvent>[] = [];
    const push = (delivery: Delivery<TaskEvent>) => void (isWithin(delivery, range) && events.push(delivery));
    audience.add({ ...viewer, queue: { push } });
    const next = end && comparePositions(end, range.to) < 0 ? end : undefined;
    pages.push([settle, { events, next }]);
  }
  const changes = found.rows.flatMap((row) => toChange(row) ?? []);
  fanOutTasks({ changes, memberships: found.memberships }, audience);
  for (const [settle, page] of pages) settle(page);
}

const isWithin = ({ position }: Delivery<TaskEvent>, { from, to }: Range) =>
  comparePositions(position, from) > 0 && comparePositions(position, to) <= 0;
