import { databaseErrorCode } from '@taskmaster/database';
import postgres from 'postgres';
import type { Options, PostgresType, Sql } from 'postgres';
import type { RealtimeLog } from '../realtime-log.ts';
import type { Bus } from './bus.ts';

/** The channel of all processes on one database. */
const channel = 'taskmaster';
const retryMs = { first: 50, longest: 1_000 } as const;

/**
 * LISTEN and NOTIFY on one connection of its own, with the settings of `sql`. postgres.js' own `listen` gives up for
 * good when its first attempt after a loss fails; this one goes on until `close`.
 */
export function createPostgresBus({ sql, log }: { sql: Sql; log?: RealtimeLog }): Bus {
  let onWake = (): void => undefined;
  const state = { isClosed: false };
  let listening: Promise<void> | undefined;

  const { promise: closing, resolve: stopWaiting } = Promise.withResolvers<void>();
  const options: unknown = {
    ...sql.options,
    max: 1,
    idle_timeout: null,
    max_lifetime: null,
    onnotify: () => onWake(),
    onclose: () => listen(),
  };
  // Options that were parsed once are taken as they are: that is how postgres.js makes its own LISTEN connection.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types know only unparsed options
  const connection = postgres(options as Options<Record<string, PostgresType>>);

  function listen(): void {
    if (state.isClosed || listening) return;
    listening = keepTrying().finally(() => {
      listening = undefined;
    });
  }

  async function keepTrying(): Promise<void> {
    for (let delayMs: number = retryMs.first; !state.isClosed; delayMs = Math.min(delayMs * 2, retryMs.longest)) {
      try {
        await connection.unsafe(`listen ${channel}`);
        onWake();
        return;
      } catch (error) {
        if (state.isClosed) return;
        log?.warn({ code: databaseErrorCode(error) }, 'LISTEN failed: wake-ups come from the poll until it succeeds');
        await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, delayMs).unref())]);
      }
    }
  }

  return {
    publish: async () => void (await connection.unsafe(`notify ${channel}`)),
    subscribe(listener) {
      onWake = listener;
      listen();
    },
    async close() {
      state.isClosed = true;
      stopWaiting();
      await connection.end({ timeout: 1 });
    },
  };
}
