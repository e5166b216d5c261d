import { tracked } from '@trpc/server';
import type { TrackedEnvelope } from '@trpc/server';

type Events<Event> = AsyncGenerator<readonly [id: string, event: Event], void, undefined>;

/** Every yield is tracked: one that is not would make the client forget its position. */
export async function* trackedEvents<Event>(
  open: (signal: AbortSignal) => Events<Event>,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrackedEnvelope<Event>, void, undefined> {
  for await (const [id, event] of open(signal ?? new AbortController().signal)) yield tracked(id, event);
}
