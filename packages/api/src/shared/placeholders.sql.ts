import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

type Columns<Name extends string> = { readonly [Key in Name]: PgColumn };
type Placeholders<Name extends string> = { [Key in Name]: SQL };

/** For `values` and `set` of a query that is built once: a placeholder for each of the columns, named like it. */
export const placeholders = <Name extends string>(table: Columns<Name>, names: readonly Name[]): Placeholders<Name> =>
  numbered(table, names, '');

/** The same for so many rows; `rowValues` fills them. */
export const rowPlaceholders = <Name extends string>(table: Columns<Name>, names: readonly Name[], count: number) =>
  Array.from({ length: count }, (_, at) => numbered(table, names, `_${at}`));

/** The values of `rowPlaceholders`: those of the third row are `name_2`. */
export const rowValues = (rows: readonly object[]): Record<string, unknown> =>
  Object.fromEntries(rows.flatMap((row, at) => Object.entries(row).map(([name, value]) => [`${name}_${at}`, value])));

function numbered<Name extends string>(table: Columns<Name>, names: readonly Name[], suffix: string) {
  const named = names.map((name) => [
    name,
    sql`${sql.param(sql.placeholder(`${name}${suffix}`), encoderOf(table[name]))}`,
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets which keys there are
  return Object.fromEntries(named) as Placeholders<Name>;
}

/** Drizzle hands null to the encoder of a placeholder, too, and most encoders cannot take it. */
const encoderOf = (column: PgColumn) => ({
  mapToDriverValue: (value: unknown) => (value === null ? null : column.mapToDriverValue(value)),
});
