import { AppError } from '@taskmaster/core/errors';
import type { TokenPair } from '@taskmaster/core/contracts';
import type { Transaction } from '@taskmaster/database';
import { uuidv7 } from 'uuidv7';
import { record } from '../activity/activity.repository.ts';
import { networkOf } from '../limits/network.ts';
import type { AuthService } from '../services.ts';
import type { Origin } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { write } from '../shared/write.ts';
import { refusingTakenNames } from '../users/name-conflict.ts';
import { presentUser } from '../users/users.presenter.ts';
import * as usersRepository from '../users/users.repository.ts';
import * as repository from './auth.repository.ts';
import { refuseGuessablePassword } from './guessable-passwords.ts';
import { budgetOf, countingGuesses } from './guessing-limit.ts';
import { remember } from './known-networks.repository.ts';

interface Generation {
  user_id: string;
  session_id: string;
  refresh_token: string;
}

/** The id of no user. */
const nobody = '00000000-0000-0000-0000-000000000000';

type Refreshed = Generation | 'refused';

export function createAuthService(deps: Deps): AuthService {
  const { refreshTokens, accessTokens, passwords, limits, sessionLifetimes } = deps;

  async function tokenPair({ user_id, session_id, refresh_token }: Generation): Promise<TokenPair> {
    const access_token = await accessTokens.sign({ user_id, session_id });
    return { access_token, refresh_token, token_type: 'bearer', expires_in: accessTokens.lifetimeSeconds };
  }

  async function startSession(tx: Transaction, origin: Origin, user_id: string): Promise<Generation> {
    const session_id = uuidv7();
    const refresh_token = refreshTokens.create();
    const { ip_address, user_agent } = origin;
    const { idleSeconds } = sessionLifetimes;
    await repository.insertSession(tx, { id: session_id, user_id, ip_address, user_agent }, idleSeconds);
    const hash = refreshTokens.hash(refresh_token);
    await repository.insertRefreshToken(tx, { hash, session_id }, idleSeconds);
    await remember(tx, user_id, networkOf(ip_address ?? ''));
    await record(tx, origin, {
      action: 'session.started',
      entity_type: 'session',
      entity_id: session_id,
      actor_id: user_id,
    });
    return { user_id, session_id, refresh_token };
  }

  /**
   * One row whoever was meant, for admins to read: as many as the limits let through. What was typed stays out of it, people
   * type passwords into the wrong field.
   */
  async function refuseLogin(origin: Origin, user: { id: string; is_active: boolean } | undefined): Promise<never> {
    const reason = user ? (user.is_active ? 'wrong password' : 'inactive') : 'unknown name';
    const entity = { entity_type: 'user', entity_id: user?.id ?? nobody } as const;
    await write(deps, origin, (tx) =>
      record(tx, origin, { action: 'session.refused', ...entity, details: { reason } }),
    );
    throw new AppError('INVALID_CREDENTIALS');
  }

  /** The current generation of a family, found from a spent token: each successor follows from the one before. */
  async function liveSuccessor(tx: Transaction, token: string, replaced_by: string): Promise<string | undefined> {
    const successor = refreshTokens.successorOf(token, replaced_by);
    if (successor === undefined) return undefined;
    const state = await repository.findRefreshToken(tx, replaced_by);
    return typeof state?.replaced_by === 'string' ? liveSuccessor(tx, successor, state.replaced_by) : successor;
  }

  /** The session is locked: racing refreshes, a logout and the detection of reuse come one after the other. */
  async function rotate(tx: Transaction, origin: Origin, token: string): Promise<Refreshed> {
    const hash = refreshTokens.hash(token);
    const session = await repository.lockSessionOf(tx, hash);
    if (!session?.is_live) return 'refused';
    const state = await repository.findRefreshToken(tx, hash);
    if (!state || state.is_expired) return 'refused';
    const generationOf = (refresh_token: string) => ({
      user_id: session.user_id,
      session_id: session.id,
      refresh_token,
    });
    if (state.is_in_grace && state.replaced_by !== null) {
      const successor = await liveSuccessor(tx, token, state.replaced_by);
      return successor === undefined ? 'refused' : generationOf(successor);
    }
    if (state.replaced_by !== null) {
      await repository.revokeSession(tx, session.id, 'reuse_detected');
      const entity = { entity_type: 'session', entity_id: session.id, actor_id: session.user_id } as const;
      await record(tx, origin, { action: 'session.reuse_detected', ...entity });
      return 'refused';
    }
    const generation = generationOf(refreshTokens.succeed(token));
    const successor = { hash: refreshTokens.hash(generation.refresh_token), session_id: session.id };
    await repository.spendRefreshToken(tx, hash, successor.hash);
    await repository.insertRefreshToken(tx, successor, sessionLifetimes.idleSeconds);
    await repository.touchSession(tx, session.id, sessionLifetimes);
    await remember(tx, session.user_id, networkOf(origin.ip_address ?? ''));
    return generation;
  }

  return {
    async register(origin, { password, ...input }) {
      await limits.register.consume(networkOf(origin.ip_address ?? ''));
      refuseGuessablePassword('password', password, input);
      const password_hash = await passwords.hash(password);
      return refusingTakenNames(
        write(deps, origin, async (tx) => {
          const inserted = await usersRepository.insert(tx, { id: uuidv7(), ...input, password_hash });
          const entity = { entity_type: 'user', entity_id: inserted.id, actor_id: inserted.id } as const;
          await record(tx, origin, { action: 'user.registered', ...entity });
          return presentUser(inserted);
        }),
      );
    },

    async login(origin, { email, password }) {
      const network = networkOf(origin.ip_address ?? '');
      await limits.login.consume(network);
      const user = await usersRepository.findForLogin(deps.db, email, network);
      const isRight = await countingGuesses(limits.account, budgetOf({ name: email, network, user }), async () => {
        const isPassword = await passwords.verify(user?.password_hash, password);
        return isPassword && user?.is_active === true;
      });
      if (!user || !isRight) return refuseLogin(origin, user);
      const rehashed = passwords.needsRehash(user.password_hash) ? await passwords.hash(password) : undefined;
      const begun = await write(deps, origin, async (tx) => {
        // What was verified may have changed while argon2 was at work.
        const current = await usersRepository.lockForLogin(tx, user.id);
        if (!current?.is_active || current.password_hash !== user.password_hash)
          return { is_active: current?.is_active ?? user.is_active };
        if (rehashed !== undefined) await usersRepository.setPasswordHash(tx, user.id, rehashed);
        return { generation: await startSession(tx, origin, user.id) };
      });
      // The log tells of the account as it is by now: one that was deactivated meanwhile had the right password.
      if (!begun.generation) return refuseLogin(origin, { id: user.id, is_active: begun.is_active });
      return tokenPair(begun.generation);
    },

    async refresh(origin, { refresh_token }) {
      const refreshed = await write(deps, origin, (tx) => rotate(tx, origin, refresh_token));
      // Thrown after the commit: a detected reuse has to revoke the session, not to be rolled back.
      if (refreshed === 'refused') throw new AppError('INVALID_REFRESH_TOKEN');
      return tokenPair(refreshed);
    },

    /** Any token of the family ends its session. One that nobody knows has nothing left to end. */
    async logout(origin, { refresh_token }) {
      await write(deps, origin, async (tx) => {
        const session = await repository.lockSessionOf(tx, refreshTokens.hash(refresh_token));
        if (!session || !(await repository.revokeSession(tx, session.id, 'logout'))) return;
        await record(tx, origin, {
          action: 'session.ended',
          entity_type: 'session',
          entity_id: session.id,
          actor_id: session.user_id,
          details: { reason: 'logout', user_id: session.user_id },
        });
      });
    },
  };
}
