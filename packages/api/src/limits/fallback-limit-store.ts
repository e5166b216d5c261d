import type { LimitStore } from './limit-store.ts';

/**
 * Counts in `second` what `first` does not answer: a limit holds on, at most twice its rate in the window of the change,
 * and nobody is refused because a cache is away. What neither answers is refused, as the port says.
 */
export const createFallbackLimitStore = (first: LimitStore, second: LimitStore): LimitStore => ({
  take: (...args) => first.take(...args).catch(() => second.take(...args)),
  giveBack: (...args) => first.giveBack(...args).catch(() => second.giveBack(...args)),
});
