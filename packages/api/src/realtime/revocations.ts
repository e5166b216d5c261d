import type { Actor } from '@taskmaster/core/policies';
import type { ActivityStreamRow } from './batch.repository.ts';

/** Access that is gone: the sockets of that session, or of all of that user's, have to close. */
export type Revocation = { kind: 'session'; session_id: string } | { kind: 'user'; user_id: string };

export type Narrowing = Revocation | { kind: 'role'; user_id: string; role: Actor['role'] };

const roleAfter = (details: Record<string, unknown>): Actor['role'] => {
  const { role } = details;
  const after = typeof role === 'object' && role !== null && 'after' in role ? role.after : undefined;
  return after === 'admin' ? 'admin' : 'user';
};

function toNarrowing({ action, entity_id, details }: ActivityStreamRow): Narrowing | undefined {
  switch (action) {
    case 'session.ended':
    case 'session.reuse_detected':
      return { kind: 'session', session_id: entity_id };
    case 'user.deactivated':
      return { kind: 'user', user_id: entity_id };
    case 'user.role_changed':
      return { kind: 'role', user_id: entity_id, role: roleAfter(details) };
    default:
      return undefined;
  }
}

/** Tells what is new in the rows of a read. A row that is not settled yet is met again, and told once. */
export function createNarrowings(): (rows: readonly ActivityStreamRow[]) => Narrowing[] {
  const early = new Set<bigint>();
  const isNew = ({ is_settled, seq }: ActivityStreamRow) => {
    const wasTold = early.has(seq);
    if (is_settled) early.delete(seq);
    else early.add(seq);
    return !wasTold;
  };
  return (rows) => rows.filter(isNew).flatMap((row) => toNarrowing(row) ?? []);
}
