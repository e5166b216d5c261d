/**
 * What a link is, once more: whoever can change the log can change the functions of the database too, so that the
 * verifier asks none of them. The same as `activity_chain_of` and `activity_content` in drizzle/0002_activity_chain.sql.
 */
const chainOf = `coalesce(a.team_id, ('00000000-0000-0000-0000-00000000000' || right(coalesce(a.actor_id::text, '0'), 1))::uuid)`;

const content = `convert_to(concat_ws(' ',
  a.id, a.seq, a.xid, (extract(epoch FROM a.created_at) * 1000)::bigint,
  coalesce(a.actor_id::text, '-'), a.entity_id, coalesce(a.task_id::text, '-'), coalesce(a.team_id::text, '-'),
  quote_literal(a.action), quote_literal(a.entity_type), quote_nullable(a.ip_address), a.details), 'UTF8')`;

/** Whose the address of a row is, as in drizzle/0007_activity_addresses.sql. */
const person = `coalesce(a.actor_id, CASE WHEN a.entity_type = 'user' THEN a.entity_id END)`;

/** Whom the chained rows themselves say to be erased: an account could be marked so by whoever takes away what it had. */
const isErased = (user: string) => `(${user} IN (SELECT entity_id FROM erased)) IS TRUE`;

/** Of what stands beside a row; the row itself is as it was linked. */
export const besideReasons = ['details changed', 'details missing', 'address changed', 'address missing'] as const;
const isBeside = `reason IN (${besideReasons.map((reason) => `'${reason}'`).join(', ')})`;

/**
 * Every link, every row and everything beside the rows met once, in one pass over each table: the first bad of each chain,
 * the first row of each with something bad beside it, and the first of each that no link speaks of (its position is NULL).
 * Looking a million rows up by an index would read their pages at random. What stands beside is hashed once, not for each
 * row that refers to it: MATERIALIZED.
 */
export const judgeAll = `
  WITH linked AS (
    SELECT *, lag(position, 1, 0::bigint) OVER chain AS before, coalesce(lag(hash) OVER chain, uuid_send(chain_id)) AS previous
      FROM public.activity_links WINDOW chain AS (PARTITION BY chain_id ORDER BY position)
  ), erased AS (
    SELECT entity_id FROM public.activity_logs WHERE action = 'user.updated' AND details @> '{"erased": true}'
  ), personal AS MATERIALIZED (
    SELECT log_id, user_id, encode(sha256(salt || convert_to(details::text, 'UTF8')), 'hex') AS digest
      FROM public.activity_personal_details
  ), addresses AS MATERIALIZED (
    SELECT ref, user_id, 'sha256:' || encode(sha256(salt || convert_to(address, 'UTF8')), 'hex') AS digest
      FROM public.activity_addresses
  ), judged AS (
    SELECT coalesce(l.chain_id, ${chainOf}) AS chain_id, l.position, l.before, coalesce(l.log_id, a.id) AS log_id, a.seq,
           CASE WHEN l.chain_id IS NULL THEN 'not linked'
                WHEN l.position <> l.before + 1 THEN 'link missing'
                WHEN a.id IS NULL THEN 'row missing'
                WHEN l.chain_id <> ${chainOf} OR l.hash IS DISTINCT FROM sha256(l.previous || ${content}) THEN 'changed'
                WHEN p.log_id IS NOT NULL AND (p.user_id <> a.entity_id
                  OR p.digest IS DISTINCT FROM a.details ->> 'personal_sha256') THEN 'details changed'
                WHEN p.log_id IS NULL AND a.details ? 'personal_sha256' AND NOT ${isErased('a.entity_id')} THEN 'details missing'
                WHEN d.ref IS NOT NULL AND (d.digest <> d.ref OR d.user_id IS DISTINCT FROM ${person}) THEN 'address changed'
                WHEN d.ref IS NULL AND a.ip_address LIKE 'sha256:%' AND NOT ${isErased(person)} THEN 'address missing'
           END AS reason
      FROM linked l FULL JOIN public.activity_logs a ON a.id = l.log_id
      LEFT JOIN personal p ON p.log_id = a.id
      LEFT JOIN addresses d ON d.ref = a.ip_address
  )
  SELECT DISTINCT ON (chain_id, position IS NULL, ${isBeside}) chain_id,
         (CASE reason WHEN 'link missing' THEN before + 1 ELSE position END)::int AS position,
         CASE WHEN reason <> 'link missing' THEN log_id END AS log_id, reason
    FROM judged WHERE reason IS NOT NULL ORDER BY chain_id, position IS NULL, ${isBeside}, judged.position, seq`;

/** The last link of each chain. */
export const readEnds = `
  SELECT chain_id, position::int AS position, encode(hash, 'hex') AS hash FROM public.activity_links
    JOIN (SELECT chain_id, max(position) AS position FROM public.activity_links GROUP BY chain_id) ends USING (chain_id, position)`;

/**
 * Of heads that were written down elsewhere ($1 chains, $2 positions, $3 hashes in hex), those that are not so any more, and how
 * long their chains are now. It looks up a link for each, and no row of the log.
 */
export const findHeadsThatDiffer = `
  SELECT s.chain_id, s.position::int AS position, l.hash IS NULL AS is_gone,
         coalesce((SELECT max(e.position) FROM public.activity_links e WHERE e.chain_id = s.chain_id), 0)::int AS length
    FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS s (chain_id, position, hash)
    LEFT JOIN public.activity_links l ON l.chain_id = s.chain_id AND l.position = s.position
   WHERE l.hash IS DISTINCT FROM decode(s.hash, 'hex') ORDER BY s.chain_id, s.position`;
