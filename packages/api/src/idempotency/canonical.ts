/** JSON in which the order of keys makes no difference: a client that repeats a request may write it down anew. */
export const canonical = (value: unknown): string => JSON.stringify(value, sortKeys) ?? '';

const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;
