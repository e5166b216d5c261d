import type { Actor } from '@taskmaster/core/policies';
import type { Fingerprints } from '../idempotency/fingerprint.ts';
import type { Services } from '../services.ts';

/** Where a request came from, as it is written into the activity log and the request log. */
export interface Origin {
  request_id: string;
  ip_address: string | null;
  user_agent: string | null;
  /** When the caller is told 503 instead, by `performance.now()`: a write that comes to its end later is rolled back. */
  deadline?: number | undefined;
  /** As it was sent. */
  idempotency_key?: IdempotencyKey | undefined;
  /** Of a request that is done once, however often it is sent: `write` sees to it. */
  repeatable?: Repeatable | undefined;
}

export interface IdempotencyKey {
  value: string;
  /** Called before an answer that was given before is given again. */
  onReplay: () => void;
}

export interface Repeatable extends Pick<IdempotencyKey, 'onReplay'> {
  /** Of the user, the operation and the key. */
  id: string;
  /** Of the input. */
  fingerprints: Fingerprints;
}

/** What a service knows of a request that somebody with a valid token made. */
export interface ActorContext extends Origin {
  actor: Actor;
}

/**
 * The context of every procedure. It names interfaces only: a client's compiler reads it to know the router's type.
 * `authenticate` reads the actor at most once a request and throws `UNAUTHENTICATED`.
 */
export interface Context extends Origin {
  authenticate: () => Promise<Actor>;
  services: Services;
}
