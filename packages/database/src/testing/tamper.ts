import { randomUUID } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import { besideWays } from './tamper-beside.ts';
import { headWays } from './tamper-heads.ts';
import type { Link, Place, Random, Target } from './tamper-target.ts';

/** What `verifyLog` has to say of it: the first bad row of each chain, by chain. */
export interface Tampering {
  kind: string;
  places: Place[];
}

const at = ({ chain_id, position }: Link) => ({ chain_id, position });

const removeFrom = async (tx: TransactionSql, { chain_id }: Link, position: number) => {
  await tx`DELETE FROM activity_logs WHERE id IN (
    SELECT log_id FROM activity_links WHERE chain_id = ${chain_id} AND position >= ${position})`;
  await tx`DELETE FROM activity_links WHERE chain_id = ${chain_id} AND position >= ${position}`;
};

/** As the database itself would have: nothing inside of it is out of place afterwards. */
const relinkFrom = async (tx: TransactionSql, { chain_id }: Link, position: number) => {
  const rest = await tx<{ log_id: string }[]>`
    DELETE FROM activity_links WHERE chain_id = ${chain_id} AND position >= ${position} RETURNING log_id, position`;
  const order = rest.map((row) => ({ ...row, position: Number(Reflect.get(row, 'position')) }));
  await setBackHead(tx, chain_id);
  for (const { log_id } of order.toSorted((one, other) => one.position - other.position))
    await tx`SELECT activity_links_append(a) FROM activity_logs a WHERE id = ${log_id}`;
};

const setBackHead = async (tx: TransactionSql, chain_id: string) => {
  await tx`DELETE FROM activity_heads WHERE chain_id = ${chain_id}`;
  await tx`INSERT INTO activity_heads SELECT chain_id, position, hash FROM activity_links
    WHERE chain_id = ${chain_id} ORDER BY position DESC LIMIT 1`;
};

/** One for each column but `id`. As its chain follows from the team, a row of no team gets one that leaves it where it is. */
export const edits = {
  action: `action = action || 'x'`,
  entity_id: `entity_id = gen_random_uuid()`,
  entity_type: `entity_type = 'user'`,
  actor_id: `actor_id = gen_random_uuid()`,
  details: `details = details || '{"forged": true}'`,
  ip_address: `ip_address = '203.0.113.' || seq % 250`,
  created_at: `created_at = created_at - interval '1 millisecond'`,
  seq: `seq = DEFAULT`,
  xid: `xid = '3'`,
  task_id: `task_id = gen_random_uuid()`,
  team_id: `team_id = CASE WHEN team_id IS NULL THEN activity_chain_of(NULL, actor_id) ELSE gen_random_uuid() END`,
};
const allEdits = Object.values(edits);

const editRow = async ({ tx, random, link }: Target) => {
  await tx.unsafe(`UPDATE activity_logs SET ${allEdits[random(allEdits.length)]} WHERE id = $1`, [link.log_id]);
};

/** Each as a superuser might go about it, with the triggers switched off. */
const ways: Record<string, (target: Target) => Promise<Place | Place[]>> = {
  edit: async (target) => {
    await editRow(target);
    return at(target.link);
  },
  'delete a row': async ({ tx, link }) => {
    await tx`DELETE FROM activity_logs WHERE id = ${link.log_id}`;
    return at(link);
  },
  'delete a row and its link': async ({ tx, link }) => {
    await tx`DELETE FROM activity_logs WHERE id = ${link.log_id}`;
    await tx`DELETE FROM activity_links WHERE log_id = ${link.log_id}`;
    return at(link);
  },
  'insert a row': async ({ tx, link }) => {
    await insertCopy(tx, link);
    return { chain_id: link.chain_id, position: null };
  },
  'insert a row in the place of another': async ({ tx, link }) => {
    const forged = await insertCopy(tx, link);
    await tx`DELETE FROM activity_logs WHERE id = ${link.log_id}`;
    await tx`UPDATE activity_links SET log_id = ${forged} WHERE log_id = ${link.log_id}`;
    return at(link);
  },
  'insert a row at the end': async ({ tx, link, chain }) => {
    const forged = await insertCopy(tx, link);
    await tx`INSERT INTO activity_links VALUES (${link.chain_id}, ${chain.length + 1}, ${forged}, sha256('forged'))`;
    return { chain_id: link.chain_id, position: chain.length + 1 };
  },
  'swap two rows': async ({ tx, random, link, chain }) => {
    const other = otherThan(link, chain, random);
    await tx`UPDATE activity_links SET log_id = gen_random_uuid() WHERE log_id = ${link.log_id}`;
    await tx`UPDATE activity_links SET log_id = ${link.log_id} WHERE log_id = ${other.log_id}`;
    await tx`UPDATE activity_links SET log_id = ${other.log_id}
      WHERE chain_id = ${link.chain_id} AND position = ${link.position}`;
    return { chain_id: link.chain_id, position: Math.min(link.position, other.position) };
  },
  'swap what two rows say': async ({ tx, random, link, chain }) => {
    const other = otherThan(link, chain, random);
    await tx`UPDATE activity_logs a SET details = b.details, entity_id = b.entity_id FROM activity_logs b
      WHERE (a.id, b.id) IN ((${link.log_id}, ${other.log_id}), (${other.log_id}, ${link.log_id}))`;
    return { chain_id: link.chain_id, position: Math.min(link.position, other.position) };
  },
  'cut the tail off': async ({ tx, link }) => {
    await removeFrom(tx, link, link.position);
    return at(link);
  },
  'cut the tail off and set the head back': async ({ tx, link }) => {
    await removeFrom(tx, link, link.position);
    await setBackHead(tx, link.chain_id);
    return at(link);
  },
  'take a chain away': async ({ tx, link }) => {
    await removeFrom(tx, link, 1);
    await setBackHead(tx, link.chain_id);
    return { chain_id: link.chain_id, position: 1 };
  },
  'take a chain away, but for its head': async ({ tx, link }) => {
    await removeFrom(tx, link, 1);
    return { chain_id: link.chain_id, position: 1 };
  },
  'edit and compute the rest anew': async (target) => {
    await target.tx.unsafe(`UPDATE activity_logs SET ${edits.details} WHERE id = $1`, [target.link.log_id]);
    await relinkFrom(target.tx, target.link, target.link.position);
    return at(target.link);
  },
  ...headWays,
  ...besideWays,
};

export const tamperings: readonly string[] = Object.keys(ways);

const otherThan = (link: Link, chain: Link[], random: Random): Link => {
  const others = chain.filter(({ log_id }) => log_id !== link.log_id);
  const other = others[random(others.length)];
  if (!other) throw new Error('a chain of one link has no other');
  return other;
};

async function insertCopy(tx: TransactionSql, { log_id }: Link): Promise<string> {
  const forged = randomUUID();
  await tx`INSERT INTO activity_logs OVERRIDING SYSTEM VALUE
    SELECT ${forged}::uuid, actor_id, action, entity_type, entity_id, task_id, team_id, details, ip_address, created_at, xid, seq
      FROM activity_logs WHERE id = ${log_id}`;
  return forged;
}

const tables = ['activity_logs', 'activity_links', 'activity_heads', 'activity_personal_details', 'activity_addresses'];

/** Keeps a copy of the log and of what stands beside it, so that it can be put back after each tampering. */
export async function keepCopy(owner: Sql): Promise<void> {
  await owner.unsafe(tables.map((table) => `CREATE TABLE IF NOT EXISTS kept_${table} AS TABLE ${table}`).join(';'));
}

export async function putBack(owner: Sql): Promise<void> {
  await unguarded(owner, async (tx) => {
    for (const table of tables)
      await tx.unsafe(`DELETE FROM ${table}; INSERT INTO ${table} OVERRIDING SYSTEM VALUE TABLE kept_${table}`);
  });
}

/** Changes the log in one way, somewhere at random, and says what a verifier has to find. */
export async function tamper(owner: Sql, kind: string, random: Random): Promise<Tampering> {
  const way = ways[kind];
  if (!way) throw new Error(`there is no way to ${kind}`);
  const links = await owner<Link[]>`
    SELECT chain_id, position::int AS position, log_id FROM activity_links
     WHERE chain_id IN (SELECT chain_id FROM activity_heads WHERE position > 1) ORDER BY chain_id, position`;
  const link = links[random(links.length)];
  if (!link) throw new Error('there is nothing to tamper with');
  const chain = links.filter(({ chain_id }) => chain_id === link.chain_id);
  const found = await unguarded(owner, (tx) => way({ tx, random, link, chain }));
  return { kind, places: [found].flat() };
}

/** With no trigger of the log in the way. */
export async function unguarded<T>(owner: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  const all = (verb: string) => tables.map((table) => `ALTER TABLE ${table} ${verb} TRIGGER USER`).join(';');
  const result = await owner.begin(async (tx) => {
    await tx.unsafe(all('DISABLE'));
    return { value: await work(tx) };
  });
  // As the verifier never asks whether they are on, they may stay off.
  return result.value;
}
