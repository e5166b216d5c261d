/** So many points in each window, which begins with the first point that is taken. */
export interface Rate {
  points: number;
  windowSeconds: number;
}

export interface Grant {
  /** How many of the points that were asked for are given; 0 where the window has none left. */
  granted: number;
  /** How many are left after that. */
  remaining: number;
  /** When the window ends, from now. */
  resetsInMs: number;
}

/**
 * Where budgets are counted, once for all processes. Each call is one atomic step of the store, by the store's clock.
 * What it cannot decide it throws: a limit that nobody counts is no limit.
 */
export interface LimitStore {
  take: (key: string, points: number, rate: Rate) => Promise<Grant>;
  /** Of points that were taken in vain. A window that is over keeps nothing of it. */
  giveBack: (key: string, points: number, rate: Rate) => Promise<void>;
}
