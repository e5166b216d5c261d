import { readdir } from 'node:fs/promises';
import type { TestServer } from './test-server.ts';

/** What an attempt that is refused moves as well: counters of attempts, and the links of its own row in the activity log. */
const ignoredTables = new Set(['rate_limits', 'activity_links', 'activity_heads']);

/** All that is stored, by table, each row as text; and the names of the stored files. Two of them can be compared. */
export async function snapshotOf({ sql, env }: Pick<TestServer, 'sql' | 'env'>): Promise<Record<string, string[]>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;
  const snapshot: Record<string, string[]> = {};
  for (const { name } of tables) {
    if (ignoredTables.has(name)) continue;
    const rows = await sql<{ row: string }[]>`select t::text as row from ${sql(name)} as t
      where to_jsonb(t) ->> 'action' is distinct from 'user.refused' order by 1`;
    snapshot[name] = rows.map(({ row }) => row);
  }
  const files = await readdir(env.UPLOAD_DIR, { recursive: true, withFileTypes: true });
  snapshot['files'] = files
    .filter((file) => file.isFile())
    .map(({ name }) => name)
    .toSorted();
  return snapshot;
}
