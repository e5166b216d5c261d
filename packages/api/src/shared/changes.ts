/** What changed, before and after, as the activity log keeps it. */
export type Changes = Record<string, { before: unknown; after: unknown }>;

const asWritten = (value: unknown) => (value instanceof Date ? value.toISOString() : value);
const isSame = (one: unknown, other: unknown) => JSON.stringify(asWritten(one)) === JSON.stringify(asWritten(other));

/** The fields of `patch` whose value differs from the row's. Undefined means: not asked for. */
export function changesOf(row: Readonly<Record<string, unknown>>, patch: Readonly<Record<string, unknown>>): Changes {
  const changed = Object.entries(patch).filter(([key, after]) => after !== undefined && !isSame(row[key], after));
  return Object.fromEntries(
    changed.map(([key, after]) => [key, { before: asWritten(row[key] ?? null), after: asWritten(after) }]),
  );
}

type Defined<Patch> = { [Key in keyof Patch]?: Exclude<Patch[Key], undefined> };

/** The part of the patch that was asked for: what is not undefined. */
export const askedOf = <Patch extends object>(patch: Patch): Defined<Patch> =>
  pick(patch, (_, value) => value !== undefined);

/** The part of the patch that changes something. */
export const changedOf = <Patch extends object>(patch: Patch, changes: Changes): Defined<Patch> =>
  pick(patch, (field) => Object.hasOwn(changes, field));

function pick<Patch extends object>(patch: Patch, isWanted: (field: string, value: unknown) => boolean) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.entries forgets which keys there are; what is left of a patch is a patch
  return Object.fromEntries(Object.entries(patch).filter(([field, value]) => isWanted(field, value))) as Defined<Patch>;
}
