import type { LoginInput, RegisterInput, TokenPair, User } from '@taskmaster/core/contracts';
import { TaskmasterError } from './errors/taskmaster-error.ts';
import type { CallOptions, Rpc } from './http/rpc.ts';
import type { Session } from './session/session.ts';
import { trusted } from './trusted.ts';

export interface Auth {
  /** Makes an account; it does not log in. Throws `EMAIL_TAKEN`, `USERNAME_TAKEN`, `VALIDATION_FAILED`. */
  register: (input: RegisterInput, options?: CallOptions) => Promise<User>;
  /**
   * Starts a session, and keeps its tokens; watches of whoever was logged in before end. Takes a username in `email` too.
   * Throws `INVALID_CREDENTIALS`, `RATE_LIMITED`.
   */
  login: (input: LoginInput, options?: CallOptions) => Promise<void>;
  /** Forgets the tokens at once, ends all watches, then ends the session on the server: if that fails, it throws. */
  logout: (options?: CallOptions) => Promise<void>;
  /** Whether tokens are kept. Only a call shows whether they are still good. */
  isLoggedIn: () => Promise<boolean>;
}

export interface AuthOptions {
  rpc: Rpc;
  session: Session;
  /** Ends what belongs to whoever was logged in. */
  onChange: () => void;
}

export const refreshBy =
  (rpc: Rpc) =>
  async (refresh_token: string): Promise<TokenPair> =>
    trusted(await rpc({ kind: 'mutation', path: 'auth.refresh', input: { refresh_token } }));

export function createAuth({ rpc, session, onChange }: AuthOptions): Auth {
  return {
    async register(input, options) {
      return trusted(await rpc({ kind: 'mutation', path: 'auth.register', input, ...options }));
    },
    async login(input, options) {
      const pair = trusted<TokenPair>(await rpc({ kind: 'mutation', path: 'auth.login', input, ...options }));
      onChange();
      await session.start(pair);
    },
    async logout(options) {
      const tokens = await session.current();
      if (!tokens) throw new TaskmasterError('UNAUTHENTICATED', 'Nobody is logged in', { status: 401 });
      await session.end('logged_out');
      const input = { refresh_token: tokens.refresh_token };
      await rpc({ kind: 'mutation', path: 'auth.logout', input, ...options });
    },
    isLoggedIn: async () => (await session.current()) !== undefined,
  };
}
