/** Remembers the last so many ids. `add` says whether the id is new. */
export function createSeenIds(capacity = 1_000) {
  // A Set iterates in the order of insertion: the first is the oldest.
  const ids = new Set<string>();
  return {
    add(id: string): boolean {
      if (ids.has(id)) return false;
      ids.add(id);
      if (ids.size > capacity) {
        const [oldest] = ids;
        if (oldest !== undefined) ids.delete(oldest);
      }
      return true;
    },
  };
}
