import type { Procedures } from '../procedures.ts';
import { isTaskmasterError } from '../errors/taskmaster-error.ts';
import { pause } from '../realtime/pause.ts';

type MutationPath = {
  [Feature in keyof Procedures]: {
    [Name in keyof Procedures[Feature] & string]: Procedures[Feature][Name] extends 'mutation'
      ? `${Feature}.${Name}`
      : never;
  }[keyof Procedures[Feature] & string];
}[keyof Procedures];

/** What would have its effect twice when it is sent twice: the server takes an Idempotency-Key for these. */
export const repeatable: readonly string[] = [
  'auth.register',
  'teams.create',
  'teams.addMember',
  'tasks.create',
  'tasks.assign',
  'comments.create',
] satisfies readonly MutationPath[];

/** Milliseconds before the second and the third attempt. */
const pausesMs = [250, 1000];

/** Unlike `crypto.randomUUID`, there on pages without TLS too. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join('-');

/** Asks again where the answer was lost: whether or not the server has done it, it does it once. */
export async function repeatedly<Value>(
  attempt: (key: string) => Promise<Value>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Value> {
  const key = newKey();
  for (const pauseMs of pausesMs) {
    try {
      return await attempt(key);
    } catch (error) {
      if (!isTaskmasterError(error, 'NETWORK', 'IDEMPOTENCY_KEY_IN_USE')) throw error;
    }
    await pause(pauseMs, signal);
    signal.throwIfAborted();
  }
  return attempt(key);
}
