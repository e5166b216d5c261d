import type { Limit } from './limit.ts';
import { createLimit } from './limit.ts';
import type { LimitStore, Rate } from './limit-store.ts';

/** Every budget there is, by what it counts. */
export interface Limits {
  /** Attempts to log in, by network. */
  login: Limit;
  /** Registrations, by network. */
  register: Limit;
  /** Failed attempts to log in, by account. */
  account: Limit;
  /** By user: changes, uploads and searches. */
  writes: Limit;
  uploads: Limit;
  searches: Limit;
  /** Refusals that the activity log tells of, by user. */
  refusals: Limit;
}

export type LimitName = keyof Limits;
/** No setting: the log keeps what it has for ever, and more than these would tell nothing new. */
const refusalsRate: Rate = { points: 10, windowSeconds: 60 };

export type Rates = Readonly<Record<Exclude<LimitName, 'refusals'>, Rate>>;

const whatIsCounted = {
  login: 'logins from this address',
  register: 'registrations from this address',
  account: 'failed logins to this account',
  writes: 'changes',
  uploads: 'uploads',
  searches: 'searches',
  refusals: 'refusals',
} as const satisfies Record<LimitName, string>;

/** Of what a window has, the part that a process takes at once: few calls ask the store, and little lies idle. */
const blockOf = ({ points }: Rate) => Math.max(1, Math.floor(points / 100));

export function createLimits(store: LimitStore, rates: Rates): Limits {
  const all: Record<LimitName, Rate> = { ...rates, refusals: refusalsRate };
  const limit = (name: LimitName, block: number) =>
    createLimit({ store, name, rate: all[name], what: whatIsCounted[name], block });
  return {
    // Where each attempt is a guess, each is counted by itself.
    login: limit('login', 1),
    register: limit('register', 1),
    account: limit('account', 1),
    writes: limit('writes', blockOf(rates.writes)),
    uploads: limit('uploads', 1),
    searches: limit('searches', blockOf(rates.searches)),
    refusals: limit('refusals', 1),
  };
}
