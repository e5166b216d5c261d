import type { UserRole } from '../users/users.model.ts';

/** Who asks, as read from the database for this very request. */
export interface Actor {
  id: string;
  role: UserRole;
  session_id: string;
}

/** The whole rule of the operations for admins alone: all users, all tasks, all activity, the statistics. */
export const isAdmin = (actor: Pick<Actor, 'role'>) => actor.role === 'admin';
