import { createHash } from 'node:crypto';
import type { Limit } from '../limits/limit.ts';

/** Somebody who claims to be the user of this name. */
export interface Claim {
  /** What was typed: an e-mail address, a username, or neither. */
  name: string;
  network: string;
  user: { id: string; is_known_network: boolean } | undefined;
}

/**
 * Whose budget a guess is: that of all networks which the account has not been used from, or, so that no stranger locks
 * the user out, that of the one network which it has. An unknown name has one like any other. The two names of
 * an account are counted apart, or the budget would tell that they belong together.
 */
export function budgetOf({ name, network, user }: Claim): string {
  if (!user) return `unknown/${createHash('sha256').update(name.toLowerCase()).digest('base64url')}`;
  const account = `${user.id}/${name.includes('@') ? 'email' : 'username'}`;
  return user.is_known_network ? `${account}/${network}` : account;
}

/** Counts the guess before it is looked at, so that guesses at once are no way round, and a right one not at all. */
export async function countingGuesses(limit: Limit, budget: string, check: () => Promise<boolean>): Promise<boolean> {
  await limit.consume(budget);
  const isRight = await check();
  if (isRight) await limit.giveBack(budget);
  return isRight;
}
