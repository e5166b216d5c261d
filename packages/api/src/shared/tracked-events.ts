import { tracked } from '@trpc/server';
import type { TrackedEnvelope } from '@trpc/server';

type Events<Event> = AsyncGenerator<readonly [id: string, event: Event], void, undefined>;
type TrackedEvents<Event> = AsyncGenerator<TrackedEnvelope<Event>, void, undefined>;

/** Resolves once the subscription is allowed: a refusal after that would come when the client was told that it began. */
export async function trackedEvents<Event>(
  open: (signal: AbortSignal) => Promise<Events<Event>>,
  signal: AbortSignal | undefined,
): Promise<TrackedEvents<Event>> {
  return track(await open(signal ?? new AbortController().signal));
}

/** Every yield is tracked: one that is not would make the client forget its position. */
async function* track<Event>(events: Events<Event>): TrackedEvents<Event> {
  for await (const [id, event] of events) yield tracked(id, event);
}
