import type { Calls } from './calls.ts';
import { createCalls } from './create-calls.ts';
import type { CallOptions, Rpc } from './http/rpc.ts';
import type { Session } from './session/session.ts';

/** Where I am logged in. */
export interface Sessions extends Calls<'sessions'> {
  /**
   * Ends all my sessions on the server, then forgets the tokens of this one. If it fails it throws, and nobody is logged
   * out: whoever fears for an account has to know. Watches end with the attempt.
   */
  endAll: (input?: undefined, options?: CallOptions) => Promise<void>;
}

export interface SessionsOptions {
  rpc: Rpc;
  session: Session;
  endWatches: () => void;
}

export function createSessions({ rpc, session, endWatches }: SessionsOptions): Sessions {
  const calls = createCalls('sessions', { rpc, session });
  return {
    ...calls,
    async endAll(input, options) {
      // Before the server closes the socket: that would look like a session that somebody else has ended.
      endWatches();
      await calls.endAll(input, options);
      await session.end('logged_out');
    },
  };
}
