import { taskActions } from '@taskmaster/core/contracts';
import type { Sql } from 'postgres';
import type { Heard, Listener } from '../load/listeners.ts';

export interface Comparison {
  expected: number;
  lost: number;
  foreign: number;
  outOfOrder: number;
  twice: number;
}

type Position = readonly [xid: bigint, seq: bigint];

/** The place in the stream that an event id names: an opaque text to clients, known to us. */
function positionOf(id: string): Position {
  const bytes = Buffer.from(id, 'base64url');
  return [bytes.readBigUInt64BE(1), bytes.readBigUInt64BE(9)];
}

const isAfter = ([xid, seq]: Position, [otherXid, otherSeq]: Position) =>
  xid === otherXid ? seq > otherSeq : xid > otherXid;

const keyOf = ([xid, seq]: Position) => `${xid}:${seq}`;

interface Row {
  xid: string;
  seq: string;
}

const toPosition = ({ xid, seq }: Row): Position => [BigInt(xid), BigInt(seq)];

/** What the database holds for a listener since the first event that came, against all that came. */
export async function compareStreams(sql: Sql, { person, tasks, notifications }: Listener): Promise<Comparison> {
  const taskRows = await sql<Row[]>`
    select xid::text, seq::text from activity_logs
    where action in ${sql([...taskActions])}
      and team_id in (select team_id from team_members where user_id = ${person.id})`;
  const notificationRows = await sql<Row[]>`
    select xid::text, seq::text from notifications where user_id = ${person.id}`;
  return sum([compare(tasks, taskRows), compare(notifications, notificationRows)]);
}

function compare({ ids }: Heard, rows: readonly Row[]): Comparison {
  const [first] = ids.map(positionOf);
  const held = rows.map(toPosition);
  return compareIds(
    ids,
    held.filter((position) => !first || !isAfter(first, position)),
  );
}

/** The changes of tasks of each team. */
export async function readTeamStreams(sql: Sql, since: Date): Promise<Map<string, Position[]>> {
  const rows = await sql<(Row & { team_id: string })[]>`
    select team_id, xid::text, seq::text from activity_logs
    where action in ${sql([...taskActions])} and created_at >= ${since}`;
  return new Map(
    [...Map.groupBy(rows, ({ team_id }) => team_id)].map(([team_id, of]) => [team_id, of.map(toPosition)]),
  );
}

/** What was given, against what should have been. */
export function compareIds(ids: readonly string[], due: readonly Position[]): Comparison {
  const given = ids.map(positionOf);
  const expected = new Set(due.map(keyOf));
  const received = new Set(given.map(keyOf));
  return {
    expected: expected.size,
    lost: [...expected].filter((key) => !received.has(key)).length,
    foreign: [...received].filter((key) => !expected.has(key)).length,
    outOfOrder: given.filter((position, index) => {
      const before = given[index - 1];
      return before !== undefined && isAfter(before, position);
    }).length,
    twice: given.length - received.size,
  };
}

export const sum = (parts: readonly Comparison[]): Comparison => {
  const total = { expected: 0, lost: 0, foreign: 0, outOfOrder: 0, twice: 0 };
  for (const part of parts) {
    total.expected += part.expected;
    total.lost += part.lost;
    total.foreign += part.foreign;
    total.outOfOrder += part.outOfOrder;
    total.twice += part.twice;
  }
  return total;
};
