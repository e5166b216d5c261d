/** How many there are of each key, and no more than `limit` of any: `refuse` throws for one too many. */
export function createCounts(limit: number, refuse: () => never) {
  const counts = new Map<string, number>();
  const check = (key: string): void => {
    if ((counts.get(key) ?? 0) >= limit) refuse();
  };
  return {
    check,
    /** Returns how to leave again. */
    enter(key: string): () => void {
      check(key);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return () => {
        const left = (counts.get(key) ?? 1) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
  };
}
