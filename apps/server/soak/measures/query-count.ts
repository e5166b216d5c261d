import type { Sql } from 'postgres';

/** For `startSystem`: PostgreSQL counts every statement, whoever sends it. */
export const countingSettings = { shared_preload_libraries: 'pg_stat_statements' } as const;

interface Statement {
  text: string;
  calls: number;
  meanMs: number;
}

/** The statements since the counters were reset, the most frequent first. `BEGIN`, `COMMIT` and the like are left out. */
export async function statementsSince(sql: Sql): Promise<Statement[]> {
  return sql<Statement[]>`
    select query as text, calls::int, mean_exec_time as "meanMs" from pg_stat_statements
    where query ~* '^\\s*(select|insert|update|delete|with)\\M' and query !~ 'pg_stat' order by calls desc`;
}

export async function resetStatements(sql: Sql): Promise<void> {
  await sql`create extension if not exists pg_stat_statements`;
  await sql`select pg_stat_statements_reset()`;
}
