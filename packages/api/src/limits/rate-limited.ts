import { AppError } from '@taskmaster/core/errors';
import type { Rate } from './limit-store.ts';

export interface SpentBudget {
  /** Of the policy, as the `RateLimit` headers name it. */
  name: string;
  rate: Rate;
  /** When the window ends, from now. */
  endsInMs: number;
  /** For the one who is refused: `Too many …`. The title of `RATE_LIMITED` by default. */
  what?: string;
}

/** A refusal that says in whole seconds when to come again: never 0, which would be at once. */
export function rateLimited({ name, rate, endsInMs, what }: SpentBudget): AppError {
  const seconds = Math.max(1, Math.ceil(endsInMs / 1000));
  return new AppError('RATE_LIMITED', {
    ...(what !== undefined && { detail: `Too many ${what}. Try again in ${seconds} s.` }),
    retryAfterSeconds: seconds,
    headers: {
      ratelimit: `"${name}"; r=0; t=${seconds}`,
      'ratelimit-policy': `"${name}"; q=${rate.points}; w=${rate.windowSeconds}`,
    },
  });
}
