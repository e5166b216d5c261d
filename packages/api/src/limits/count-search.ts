import type { ActorContext } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';

/** A list that is searched costs more than one that is not. Throws `RATE_LIMITED`. */
export async function countSearch(
  { limits }: Pick<Deps, 'limits'>,
  { actor }: Pick<ActorContext, 'actor'>,
  { search }: { search?: string | undefined },
): Promise<void> {
  if (search !== undefined) await limits.searches.consume(actor.id);
}
