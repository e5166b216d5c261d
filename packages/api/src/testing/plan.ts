import type { Sql } from 'postgres';
import { z } from 'zod';

interface Node {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Name'?: string | undefined;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number | undefined;
  Plans?: Node[] | undefined;
}

const Node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Index Name': z.string().optional(),
    'Actual Rows': z.number(),
    'Actual Loops': z.number(),
    'Rows Removed by Filter': z.number().optional(),
    Plans: z.array(Node).optional(),
  }),
);
const Explained = z.tuple([
  z.object({
    Plan: Node.and(z.object({ 'Shared Hit Blocks': z.number(), 'Shared Read Blocks': z.number() })),
  }),
]);

export interface PlanSummary {
  /** Of tables that were read from end to end, or until enough was found: how many rows were looked at. */
  seqScans: { table: string; rows: number }[];
  indexes: string[];
  /** Pages of 8 KiB that were looked at: what a plan costs, on any machine. */
  pages: number;
}

/** Runs a statement once more, with the parameters that it had, and says how PostgreSQL found its rows. */
export async function explain(sql: Sql, query: string, params: unknown[]): Promise<PlanSummary> {
  const rows = await sql.unsafe(`explain (analyze, buffers, format json) ${query}`, params.map(asParameter));
  const [{ Plan: plan }] = Explained.parse(rows[0]?.['QUERY PLAN']);
  const nodes = [...flatten(plan)];
  return {
    seqScans: nodes.flatMap((node) => (node['Node Type'].includes('Seq Scan') ? [scanOf(node)] : [])),
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
    pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
  };
}

const scanOf = (node: Node) => ({
  table: node['Relation Name'] ?? '',
  rows: (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
});

function* flatten(node: Node): Generator<Node> {
  yield node;
  for (const child of node.Plans ?? []) yield* flatten(child);
}

const Parameter = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
const asParameter = (value: unknown) => Parameter.parse(value instanceof Date ? value.toISOString() : value);
