import type { Mark } from './position.ts';
import type { ActionWith } from './action-effects.ts';

/** A row of the activity log after which somebody sees other tasks than before. */
export interface ViewChange {
  kind: 'view';
  mark: Mark;
  user_ids: readonly string[];
  /** Tasks are gone, not only out of somebody's view: whoever sees all tasks saw them. */
  isForAdmins: boolean;
  /** The team whose tasks came into view or left it; null: any. */
  team_id: string | null;
}

export interface ViewChangeRow {
  xid: string;
  seq: bigint;
  created_at: Date;
  action: ActionWith<'members' | 'role'>;
  entity_id: string;
  team_id: string | null;
  details: Record<string, unknown>;
}

const isString = (value: unknown): value is string => typeof value === 'string';
const strings = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter(isString);

/** Whose view it is: a detail of the row, or the user that it is about. */
const userOf = {
  'user.role_changed': ({ entity_id }) => entity_id,
  'team.deleted': ({ details }) => details['member_ids'],
  'team.member_added': ({ details }) => details['user_id'],
  'team.member_removed': ({ details }) => details['user_id'],
} satisfies Record<ViewChangeRow['action'], (row: ViewChangeRow) => unknown>;

export function toViewChange(row: ViewChangeRow): ViewChange {
  const { xid, seq, created_at, action } = row;
  const mark = { xid: BigInt(xid), seq, at: created_at.getTime() };
  return {
    kind: 'view',
    mark,
    user_ids: strings(userOf[action](row)),
    isForAdmins: action === 'team.deleted',
    team_id: row.team_id,
  };
}

/** Whether a subscription, to one team or to all, has to hear of it. */
export const concerns = (change: ViewChange, team_id: string | undefined): boolean =>
  team_id === undefined || change.team_id === null || change.team_id === team_id;
