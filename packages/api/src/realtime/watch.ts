import { AppError } from '@taskmaster/core/errors';
import type { ActorContext } from '../shared/context.ts';
import type { ReadPage } from './catch-up.ts';
import type { Stream } from './event-id.ts';
import { decodeEventId, encodeMark, tagOf } from './event-id.ts';
import { createEventQueue } from './event-queue.ts';
import type { HubSettings } from './hub-settings.ts';
import type { Mark, Position } from './position.ts';
import { asOf, comparePositions } from './position.ts';
import type { Subscriber, Subscribers } from './subscribers.ts';

/** Who serves a subscription may slow it down: nothing is yielded before this resolves. */
export interface PacedContext extends ActorContext {
  drained?: () => Promise<void>;
}

export interface WatchOptions<Event> {
  stream: Stream;
  subscribers: Subscribers<Event>;
  readPage: ReadPage<Event>;
  /** Whether more than `maxCatchUpRows` rows lie between two positions. */
  isTooFar: (actor: ActorContext['actor'], from: Position, to: Position) => Promise<boolean>;
  /** Up to where the stream has been handed out; undefined before the first read. */
  cursor: () => Mark | undefined;
  correct: (actor: ActorContext['actor']) => ActorContext['actor'];
  settings: HubSettings;
  now: () => number;
  counters: { resyncs: number; catchUpReads: number };
  /** Told of every live event as it is handed to whoever serves the subscription: milliseconds since its row's time. */
  onDelivery: (latencyMs: number) => void;
}

export interface WatchInput {
  team_id?: string | undefined;
  lastEventId?: string | null | undefined;
}

type Tracked<Event> = readonly [id: string, event: Event | { type: 'resync' | 'live' }];

/** What a clock of another process may be ahead. */
const clockSkewMs = 5 * 60_000;

/**
 * One subscription: what was missed and `live`, or `resync`; then what comes. It listens before it reads, so nothing falls between the two;
 * it starts to listen anew with each page that is not the last, so little has to wait and rights are as fresh as it.
 */
export async function* watch<Event>(
  options: WatchOptions<Event>,
  ctx: PacedContext,
  input: WatchInput,
  signal: AbortSignal,
): AsyncGenerator<Tracked<Event>, void, undefined> {
  const { stream, subscribers, settings, counters, now } = options;
  if (signal.aborted) return;
  const tag = tagOf(ctx.actor.id);
  const subscriber: Subscriber<Event> = {
    actor: options.correct(ctx.actor),
    team_id: input.team_id,
    since: currentPosition(options),
    queue: createEventQueue(settings.maxQueuedEvents),
  };
  let floor: Mark | undefined;
  const end = () => subscriber.queue.end();
  signal.addEventListener('abort', end, { once: true });
  subscribers.add(subscriber);
  try {
    let beginning: 'live' | 'resync' = 'live';
    if (typeof input.lastEventId === 'string') {
      const claim = honoured(input.lastEventId);
      const isCaughtUp = claim !== undefined && (yield* catchUp(claim));
      if (isCaughtUp) floor = claim;
      else beginning = 'resync';
    }
    if (signal.aborted) return;
    if (beginning === 'resync') {
      counters.resyncs++;
      restart();
    }
    // Either gives a position at once: whoever is cut before the first event can resume, too.
    const isAhead = floor && comparePositions(floor, subscriber.since) > 0;
    yield [idOf(isAhead && floor ? floor : subscriber.since), { type: beginning }];
    for (;;) {
      const delivery = await subscriber.queue.next();
      if (!delivery || signal.aborted) return;
      // Another process had read further than this one has now: the client knows these.
      if (floor && comparePositions(delivery.position, floor) <= 0) continue;
      options.onDelivery(now() - delivery.position.at);
      yield [delivery.mark + tag, delivery.event];
      await ctx.drained?.();
    }
  } finally {
    signal.removeEventListener('abort', end);
    subscribers.remove(subscriber);
  }

  /** The position that an id names, unless it is no id of this user's and stream's, too old or from the future. */
  function honoured(id: string): Mark | undefined {
    const mark = decodeEventId(stream, tag, id);
    const isTimely = mark && mark.at >= now() - settings.retentionMs && mark.at <= now() + clockSkewMs;
    return isTimely ? mark : undefined;
  }

  function idOf(mark: Mark): string {
    return encodeMark(stream, asOf(mark, now())) + tag;
  }

  function restart(): void {
    subscriber.queue.clear();
    subscriber.since = currentPosition(options);
  }

  /** False: the position cannot be honoured, and nothing of what was missed has been told. */
  async function* catchUp(claim: Mark): AsyncGenerator<Tracked<Event>, boolean, undefined> {
    let from: Position | undefined = claim;
    for (let isFirst = true; from && !signal.aborted; isFirst = false) {
      const to: Position = subscriber.since;
      if (!isFirst && comparePositions(from, to) >= 0) break;
      counters.catchUpReads++;
      const page: Awaited<ReturnType<ReadPage<Event>>> = await options.readPage(subscriber, {
        from,
        to,
        claim: isFirst ? claim : undefined,
        limit: settings.catchUpRows,
      });
      if (!page) return false;
      if (isFirst && page.next && (await options.isTooFar(subscriber.actor, from, to))) return false;
      if (page.next) restart();
      for (const { mark, event } of page.events) {
        if (signal.aborted) return true;
        yield [mark + tag, event];
        await ctx.drained?.();
      }
      from = page.next;
    }
    return true;
  }
}

function currentPosition<Event>({ cursor }: WatchOptions<Event>): Mark {
  const position = cursor();
  if (!position)
    throw new AppError('UNAVAILABLE', { detail: 'The event stream is not open yet', retryAfterSeconds: 1 });
  return position;
}
