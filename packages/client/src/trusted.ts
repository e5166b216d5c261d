/**
 * Gives a value the type that something outside of this program guarantees: the server parses every answer by the
 * contract's schema before it sends it, and the types come from the same schema.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- an assertion is what it is, in one place
export function trusted<Value>(value: unknown): Value {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsing again would bring every schema into the page
  return value as Value;
}
