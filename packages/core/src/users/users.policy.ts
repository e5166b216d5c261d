import type { Actor } from '../shared/actor.ts';
import { isAdmin } from '../shared/actor.ts';

/** Users are read and changed as a whole by admins alone; everybody has `users.me` and its writes for himself. */
export const canManageUsers = (actor: Actor) => isAdmin(actor);
