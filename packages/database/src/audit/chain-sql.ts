/**
 * What a link is, once more: whoever can change the log can change the functions of the database too, so that the
 * verifier asks none of them. The same as `activity_chain_of` and `activity_content` in drizzle/0002_activity_chain.sql.
 */
const chainOf = `coalesce(a.team_id, ('00000000-0000-0000-0000-00000000000' || right(coalesce(a.actor_id::text, '0'), 1))::uuid)`;

const content = `convert_to(concat_ws(' ',
  a.id, a.seq, a.xid, (extract(epoch FROM a.created_at) * 1000)::bigint,
  coalesce(a.actor_id::text, '-'), a.entity_id, coalesce(a.task_id::text, '-'), coalesce(a.team_id::text, '-'),
  quote_literal(a.action), quote_literal(a.entity_type), quote_nullable(a.ip_address), a.details), 'UTF8')`;

/**
 * Every link and every row met once, in one pass over each table: the first bad of each chain, and the first row of each
 * that no link speaks of (its position is NULL). Looking a million rows up by an index would read their pages at random.
 */
export const judgeAll = `
  WITH linked AS (
    SELECT *, lag(position, 1, 0::bigint) OVER chain AS before, coalesce(lag(hash) OVER chain, uuid_send(chain_id)) AS previous
      FROM public.activity_links WINDOW chain AS (PARTITION BY chain_id ORDER BY position)
  ), judged AS (
    SELECT coalesce(l.chain_id, ${chainOf}) AS chain_id, l.position, l.before, coalesce(l.log_id, a.id) AS log_id, a.seq,
           CASE WHEN l.chain_id IS NULL THEN 'not linked'
                WHEN l.position <> l.before + 1 THEN 'link missing'
                WHEN a.id IS NULL THEN 'row missing'
                WHEN l.chain_id <> ${chainOf} OR l.hash IS DISTINCT FROM sha256(l.previous || ${content}) THEN 'changed'
           END AS reason
      FROM linked l FULL JOIN public.activity_logs a ON a.id = l.log_id
  )
  SELECT DISTINCT ON (chain_id, position IS NULL) chain_id,
         (CASE reason WHEN 'link missing' THEN before + 1 ELSE position END)::int AS position,
         CASE WHEN reason <> 'link missing' THEN log_id END AS log_id, reason
    FROM judged WHERE reason IS NOT NULL ORDER BY chain_id, position IS NULL, judged.position, seq`;

/** The last link of each chain. */
export const readEnds = `
  SELECT chain_id, position::int AS position, encode(hash, 'hex') AS hash FROM public.activity_links
    JOIN (SELECT chain_id, max(position) AS position FROM public.activity_links GROUP BY chain_id) ends USING (chain_id, position)`;

/** Of heads that were written down elsewhere ($1 chains, $2 positions, $3 hashes in hex), those that are not so any more. */
export const compareHeads = `
  SELECT s.chain_id, s.position::int AS position, l.hash IS NULL AS is_gone
    FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS s (chain_id, position, hash)
    LEFT JOIN public.activity_links l ON l.chain_id = s.chain_id AND l.position = s.position
   WHERE l.hash IS DISTINCT FROM decode(s.hash, 'hex') ORDER BY s.chain_id, s.position`;
