import { teamNotificationTypes } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { isAdmin } from '@taskmaster/core/policies';
import { notifications } from '@taskmaster/core/tables';
import { and, eq, inArray, isNull, or } from 'drizzle-orm';
import { isMemberOf } from '../teams/memberships.sql.ts';

/** Mine; and what speaks of a team's task only while I am in that team. What speaks of the team itself stays. */
export function readableBy(actor: Pick<Actor, 'id' | 'role'>) {
  const isMine = eq(notifications.user_id, actor.id);
  if (isAdmin(actor)) return isMine;
  return and(
    isMine,
    or(
      isNull(notifications.team_id),
      inArray(notifications.type, [...teamNotificationTypes]),
      isMemberOf(notifications.team_id, actor.id),
    ),
  );
}
