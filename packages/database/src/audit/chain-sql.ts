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
 * The next links after ($1, $2), whose hash is $3, at most $4 of them, judged. A row for each chain among them: how many,
 * where they end, and the first that is bad.
 */
export const judgeLinks = `
  WITH piece AS MATERIALIZED (
    SELECT chain_id, position, log_id, hash FROM public.activity_links
     WHERE (chain_id, position) > ($1::uuid, $2::bigint) ORDER BY chain_id, position LIMIT $4::int
  ), linked AS (
    SELECT *, coalesce(lag(position) OVER chain, CASE chain_id WHEN $1::uuid THEN $2::bigint ELSE 0 END) AS before,
           coalesce(lag(hash) OVER chain, CASE chain_id WHEN $1::uuid THEN $3::bytea END, uuid_send(chain_id)) AS previous
      FROM piece WINDOW chain AS (PARTITION BY chain_id ORDER BY position)
  ), judged AS (
    SELECT l.chain_id, l.position, l.log_id, a.id IS NOT NULL AS is_there,
           CASE WHEN l.position <> l.before + 1 THEN 'link missing'
                WHEN a.id IS NULL THEN 'row missing'
                WHEN l.chain_id <> ${chainOf} OR l.hash <> sha256(l.previous || ${content}) THEN 'changed'
           END AS fault,
           l.before
      FROM linked l LEFT JOIN public.activity_logs a ON a.id = l.log_id
  ), summed AS (
    SELECT chain_id, count(*)::int AS links, (count(*) FILTER (WHERE is_there))::int AS rows, max(position) AS position,
           (array_agg(json_build_object('position', CASE fault WHEN 'link missing' THEN before + 1 ELSE position END,
              'log_id', CASE WHEN fault <> 'link missing' THEN log_id END, 'reason', fault) ORDER BY position)
             FILTER (WHERE fault IS NOT NULL))[1] AS fault
      FROM judged GROUP BY chain_id
  )
  SELECT summed.chain_id, links, rows, summed.position::int AS position, encode(piece.hash, 'hex') AS hash, fault
    FROM summed JOIN piece USING (chain_id, position) ORDER BY summed.chain_id`;

/** Rows that no link speaks of, the first of each chain. */
export const findUnlinked = `
  SELECT DISTINCT ON (chain_id) chain_id, id AS log_id FROM (
    SELECT ${chainOf} AS chain_id, a.id, a.seq FROM public.activity_logs a
     WHERE NOT EXISTS (SELECT FROM public.activity_links l WHERE l.log_id = a.id)) unlinked
   ORDER BY chain_id, seq`;

/** Of heads that were written down elsewhere ($1 chains, $2 positions, $3 hashes in hex), those that are not so any more. */
export const compareHeads = `
  SELECT s.chain_id, s.position::int AS position, l.hash IS NULL AS is_gone
    FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS s (chain_id, position, hash)
    LEFT JOIN public.activity_links l ON l.chain_id = s.chain_id AND l.position = s.position
   WHERE l.hash IS DISTINCT FROM decode(s.hash, 'hex') ORDER BY s.chain_id, s.position`;
