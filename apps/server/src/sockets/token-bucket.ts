/** So many at once, so many a second in the long run. `now` is in milliseconds and never goes back. */
export function createTokenBucket(burst: number, perSecond: number, now: () => number) {
  let tokens = burst;
  let filledAt = now();
  /** False: too much, and nothing was taken. */
  return function take(count = 1): boolean {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - filledAt) * perSecond) / 1000);
    filledAt = at;
    if (count > tokens) return false;
    tokens -= count;
    return true;
  };
}
