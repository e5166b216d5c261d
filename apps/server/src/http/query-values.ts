/** For a strict schema: a key that comes twice has several values, which the schema of one refuses. */
export const queryValues = (query: URLSearchParams) =>
  Object.fromEntries(
    [...Map.groupBy(query, ([key]) => key)].map(([key, [first, ...more]]) => [
      key,
      more.length === 0 ? first?.[1] : [first, ...more],
    ]),
  );
