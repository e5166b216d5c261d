/** A JSON object. */
export type Fields = Record<string, unknown>;

/** Whether a value has names: neither null nor an array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
