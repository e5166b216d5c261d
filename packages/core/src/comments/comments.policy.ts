import type { Actor } from '../shared/actor.ts';
import { isAdmin } from '../shared/actor.ts';

/** Reading and writing comments follows the task; changing one is for its author and for admins. */
export const canChangeComment = (actor: Actor, comment: { author_id: string }) =>
  comment.author_id === actor.id || isAdmin(actor);
