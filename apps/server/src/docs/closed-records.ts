/**
 * Writes out, in place, the properties of records whose keys are a closed set. zod says `propertyNames` and
 * `additionalProperties`, of which generators of clients make a dictionary of anything.
 */
export function writeOutClosedRecords(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('propertyNames' in node && 'additionalProperties' in node && 'required' in node && Array.isArray(node.required)) {
    const { additionalProperties: value, required } = node;
    Object.assign(node, { properties: Object.fromEntries(required.map((key: unknown) => [String(key), value])) });
    delete node.propertyNames;
    node.additionalProperties = false;
  }
  for (const part of Object.values(node)) writeOutClosedRecords(part);
}
