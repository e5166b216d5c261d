import type { Actor } from '@taskmaster/core/policies';

const keptMs = 60_000;

/**
 * Roles that changed a moment ago, as the stream told. A subscription that starts now brings an actor that was read a
 * little earlier: a change in between would be in neither.
 */
export function createRecentRoles(now: () => number) {
  const roles = new Map<string, { role: Actor['role']; at: number }>();
  return {
    set: (user_id: string, role: Actor['role']): void => {
      roles.delete(user_id);
      roles.set(user_id, { role, at: now() });
      for (const [id, { at }] of roles) {
        if (at > now() - keptMs) break;
        roles.delete(id);
      }
    },
    correct: (actor: Actor): Actor => {
      const known = roles.get(actor.id);
      return known && known.at > now() - keptMs ? { ...actor, role: known.role } : actor;
    },
  };
}
