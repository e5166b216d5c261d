import { availableParallelism } from 'node:os';
import { AppError } from '@taskmaster/core/errors';
import { argon2id, hash, needsRehash, verify } from 'argon2';

/** OWASP's recommendation: 19 MiB, two passes, one lane. */
const parameters = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Logins beyond this wait would time out anyway: they are refused at once instead. */
const defaultMaxWaiting = 128;

export interface Passwords {
  hash: (password: string) => Promise<string>;
  /** The same work for `undefined`, an unknown user, as for a wrong password. */
  verify: (passwordHash: string | undefined, password: string) => Promise<boolean>;
  needsRehash: (passwordHash: string) => boolean;
}

/**
 * argon2id behind a gate of as many places as there are cores: hashing fills a core for 20 ms and 19 MiB, and more at
 * once would only starve the rest of the process. Throws `UNAVAILABLE` when `maxWaiting` already wait.
 */
export async function createPasswords({
  concurrency = availableParallelism(),
  maxWaiting = defaultMaxWaiting,
} = {}): Promise<Passwords> {
  const enter = createGate(concurrency, maxWaiting);
  const decoy = await hash('nobody has this password', parameters);
  return {
    hash: (password) => enter(() => hash(password.normalize('NFC'), parameters)),
    async verify(passwordHash, password) {
      const isRight = await enter(() => verify(passwordHash ?? decoy, password.normalize('NFC')));
      return isRight && passwordHash !== undefined;
    },
    needsRehash: (passwordHash) => needsRehash(passwordHash, parameters),
  };
}

function createGate(places: number, maxWaiting: number) {
  const waiting: Array<() => void> = [];
  let free = places;
  return async function enter<Result>(work: () => Promise<Result>): Promise<Result> {
    if (free > 0) free--;
    else if (waiting.length < maxWaiting) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new AppError('UNAVAILABLE', { retryAfterSeconds: 1 });
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
