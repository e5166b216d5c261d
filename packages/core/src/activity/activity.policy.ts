import type { Actor } from '../shared/actor.ts';
import { isAdmin } from '../shared/actor.ts';

/** What happened to a task is for all who see it; from where somebody did it is not their colleagues' business. */
export const canSeeAddress = (actor: Actor, entry: { actor_id: string | null }) =>
  entry.actor_id === actor.id || isAdmin(actor);
