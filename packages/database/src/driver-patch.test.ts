import { createServer, connect as connectSocket } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, until } from '@taskmaster/testing';
import { createTestDatabase } from '@taskmaster/testing/database';
import { addressOf, startTcpProxy, through } from '@taskmaster/testing/faults';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sql } from 'postgres';
import type { TestDatabase } from '@taskmaster/testing/database';
import { openClient } from './client.ts';
import { isDatabaseUnavailable } from './errors.ts';

// What packages/database/patches/postgres@3.4.9.patch is for: porsager/postgres#1154, #1066, #1208 (the process dies of an
// uncaught TypeError), #1186 (queries that never settle), #1192 (unhandled rejection), #1216 (the queries of a dead
// transaction run in somebody else's), #751 (reserve() hangs), and for connections that owe an answer
// for ever. Without the patch every test here fails or hangs.

let database: TestDatabase;
let killer: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  killer = database.owner;
  await killer`CREATE TABLE notes (note text)`;
});

afterAll(async () => database[Symbol.asyncDispose]());

/** A pool of its own per test, ended whatever happens. */
function open(options: Parameters<typeof openClient>[1] = {}, url = database.url): Sql & AsyncDisposable {
  const sql = openClient(url, {
    max: 4,
    ...options,
    connection: { application_name: 'victim', ...options.connection },
  });
  return Object.assign(sql, { [Symbol.asyncDispose]: async () => sql.end({ timeout: 1 }) });
}

const terminateVictims = async (): Promise<unknown> =>
  killer`SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE application_name = 'victim'`;

/** What is cut off is cut off in the middle: on a busy machine a query may not have come to the server for long. */
async function untilVictimIs(state: 'active' | 'idle in transaction'): Promise<void> {
  const deadline = performance.now() + 4_000;
  for (let rows: readonly unknown[] = []; rows.length === 0; await sleep(5)) {
    if (performance.now() > deadline) throw new Error(`no victim is ${state}`);
    rows = await killer`SELECT FROM pg_stat_activity WHERE application_name = 'victim' AND state = ${state}`;
  }
}

const failure = async (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => 'no failure',
    (error: unknown) => error,
  );

/** A query may still be sent into a connection whose end has not been noticed: all of them succeed, within a moment. */
const served = async (sql: Sql, count: number): Promise<number> => {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const results = await Promise.allSettled(Array.from({ length: count }, async () => sql`SELECT 1`));
    const succeeded = results.filter(({ status }) => status === 'fulfilled').length;
    if (succeeded === count || performance.now() > deadline) return succeeded;
  }
};

describe('when backends die', () => {
  test('the process lives, everything settles, service is back: transactions, reserved connections, plain queries', async () => {
    await using sql = open();
    for (let round = 0; round < 12; round += 1) {
      const work = [
        ...Array.from({ length: 6 }, async () =>
          sql.begin(async (tx) => {
            for (let i = 0; i < 20; i += 1)
              await tx`SELECT pg_sleep(${0.001}), ${'x'.repeat(i % 2 === 0 ? 10 : 2_000)}::text`;
          }),
        ),
        ...Array.from({ length: 2 }, async () => {
          const reserved = await sql.reserve();
          try {
            for (let i = 0; i < 20; i += 1) await reserved`SELECT pg_sleep(0.001)`;
          } finally {
            reserved.release();
          }
        }),
        ...Array.from({ length: 10 }, async (_, i) => sql`SELECT pg_sleep(0.002), ${i}::int`),
      ];
      const settled = Promise.allSettled(work);
      await sleep(round);
      await terminateVictims();
      const reasons = (await settled).flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
      expect(reasons.filter((reason) => !isDatabaseUnavailable(reason))).toEqual([]);
      expect(await served(sql, 6)).toBe(6);
    }
  });

  test('a dead transaction is over: its late queries do not run in the transaction that got its connection', async () => {
    await using sql = open({ max: 1 });
    const { promise: killed, resolve: goOn } = Promise.withResolvers<undefined>();
    const late: Promise<unknown>[] = [];
    const dead = failure(
      sql.begin(async (tx) => {
        await tx`INSERT INTO notes VALUES ('dead, early')`;
        await killed;
        late.push(failure(tx`INSERT INTO notes VALUES ('dead, late')`), failure(tx`COMMIT`));
        await Promise.all(late);
      }),
    );
    await untilVictimIs('idle in transaction');
    await terminateVictims();
    expect(await dead).toMatchObject({ code: 'CONNECTION_CLOSED' });
    await sql.begin(async (tx) => {
      await tx`INSERT INTO notes VALUES ('alive')`;
      goOn(undefined);
      await sleep(50);
      await tx`INSERT INTO notes VALUES ('alive')`;
    });
    expect(await Promise.all(late)).toMatchObject([{ code: 'CONNECTION_CLOSED' }, { code: 'CONNECTION_CLOSED' }]);
    expect(await killer`SELECT note FROM notes`).toEqual([{ note: 'alive' }, { note: 'alive' }]);
  });

  test('a query that waits inside its transaction is answered', async () => {
    await using sql = open({ max: 1 });
    const inner: Promise<unknown>[] = [];
    const outer = failure(
      sql.begin(async (tx) => {
        for (let i = 0; i < 5; i += 1) inner.push(failure(tx`SELECT pg_sleep(5), ${i}::int`));
        await Promise.all(inner);
      }),
    );
    await until(() => inner.length === 5, 'a transaction that has begun');
    await untilVictimIs('active');
    await terminateVictims();
    expect(await outer).toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect((await Promise.all(inner)).map((error) => isDatabaseUnavailable(error))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  test('a dead reserved connection stays dead for its holder, and releasing it harms nobody', async () => {
    await using sql = open({ max: 1 });
    const reserved = await sql.reserve();
    await reserved`SELECT 1`;
    await terminateVictims();
    expect(await failure(reserved`SELECT 1`)).toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    expect(await failure(reserved`SELECT 1`)).toMatchObject({ code: 'CONNECTION_CLOSED' });
    reserved.release();
    reserved.release();
    expect(await Promise.all([sql`SELECT 1 AS one`, sql`SELECT 2 AS two`])).toEqual([[{ one: 1 }], [{ two: 2 }]]);
  });

  test('the next session does not inherit the error of the last', async () => {
    await using sql = open({ max: 1 });
    for (let round = 0; round < 5; round += 1) {
      const running = failure(sql`SELECT pg_sleep(5)`);
      await untilVictimIs('active');
      await terminateVictims();
      expect(isDatabaseUnavailable(await running)).toBe(true);
      expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    }
  });
});

describe('when the network breaks', () => {
  /** Between driver and PostgreSQL; `cut` ends what is open, with FIN or with RST. */
  async function openProxy(): Promise<{ url: string; cut: (how: 'fin' | 'rst') => void } & AsyncDisposable> {
    const target = new URL(database.url);
    const sockets = new Set<Socket>();
    const server = createServer((incoming) => {
      const outgoing = connectSocket(Number(target.port), target.hostname);
      for (const socket of [incoming, outgoing]) socket.on('error', () => undefined);
      incoming.pipe(outgoing).pipe(incoming);
      sockets.add(incoming);
    });
    const url = new URL(database.url);
    url.port = String(await listen(server));
    const cut = (how: 'fin' | 'rst'): void => {
      for (const socket of sockets)
        if (how === 'fin') socket.destroy();
        else socket.resetAndDestroy();
      sockets.clear();
    };
    return {
      url: url.href,
      cut,
      [Symbol.asyncDispose]: async () => {
        cut('fin');
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  test.each(['fin', 'rst'] as const)('by %s, under transactions, many times: service is back', async (how) => {
    await using proxy = await openProxy();
    await using sql = open({ max: 2 }, proxy.url);
    for (let round = 0; round < 15; round += 1) {
      const work = Array.from({ length: 4 }, async () =>
        sql.begin(async (tx) => {
          for (let i = 0; i < 10; i += 1) await tx`SELECT pg_sleep(0.002)`;
        }),
      );
      const settled = Promise.allSettled(work);
      await sleep(round);
      proxy.cut(how);
      await settled;
      expect(await served(sql, 2)).toBe(2);
    }
  });

  test('connections that never answer again are given up, those of transactions too: new ones serve', async () => {
    await using proxy = await startTcpProxy(() => addressOf(database.url));
    await using sql = open({ max: 2, answer_timeout: 0.5 }, through(proxy, database.url));
    expect(await served(sql, 2)).toBe(2);
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    const { promise: isForgotten, resolve: goOn } = Promise.withResolvers<undefined>();
    const inTransaction = failure(
      sql.begin(async (tx) => {
        await tx`SELECT 1`;
        begin(undefined);
        await isForgotten;
        await tx`SELECT 2`;
      }),
    );
    await begun;
    proxy.forget();
    goOn(undefined);
    // Others write to the same connection meanwhile: that does not put it off.
    const before = performance.now();
    const plain: Promise<unknown>[] = [];
    while (performance.now() - before < 400) {
      plain.push(failure(sql`SELECT 1`));
      await sleep(50);
    }
    expect(isDatabaseUnavailable(await inTransaction)).toBe(true);
    expect(await Promise.race([plain[0], sleep(2_000)])).toMatchObject({ code: 'ANSWER_TIMEOUT' });
    expect(performance.now() - before).toBeLessThan(1_500);
    expect(await served(sql, 4)).toBe(4);
    expect((await Promise.all(plain)).filter((each) => each !== 'no failure' && !isDatabaseUnavailable(each))).toEqual(
      [],
    );
  });

  test('a connection that owes nothing, or says something now and then, is not given up', async () => {
    await using sql = open({ max: 1, answer_timeout: 0.3 });
    const [{ pid } = { pid: 0 }] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await sleep(450);
    const slow = sql`SELECT pg_sleep(0.2), 1 AS one`;
    const next = sql`SELECT pg_sleep(0.2), pg_backend_pid() AS pid`;
    await slow;
    expect(await next).toMatchObject([{ pid }]);
  });

  test('a host that hangs up at once is an error, not an endless loop', async () => {
    let count = 0;
    const server = createServer((socket) => {
      count += 1;
      socket.end();
    });
    const url = `postgres://nobody@127.0.0.1:${await listen(server)}/none`;
    await using sql = open({ max: 1 }, url);
    expect(isDatabaseUnavailable(await failure(sql`SELECT 1`))).toBe(true);
    expect(isDatabaseUnavailable(await failure(sql.reserve()))).toBe(true);
    expect(count).toBeLessThan(5);
    server.close();
  });
});

describe('what waits for a connection', () => {
  test('reserve() on a fresh pool gets one, types fetched or not', async () => {
    for (const fetch_types of [true, false]) {
      await using sql = open({ max: 1, fetch_types });
      const reserved = await sql.reserve();
      expect(await reserved`SELECT 1 AS one`).toEqual([{ one: 1 }]);
      reserved.release();
      expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    }
  });

  test('reserve() that fails leaves no connection behind it', async () => {
    await using sql = open({ max: 1, queue_timeout: 0.1 });
    const first = await sql.reserve();
    expect(await failure(sql.reserve())).toMatchObject({ code: 'QUEUE_TIMEOUT' });
    first.release();
    expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  test('a query that is cancelled while its connection opens, or in a queue, costs no connection', async () => {
    await using sql = open({ max: 1 });
    const opening = sql`SELECT 1`;
    const cancelled = failure(opening);
    await Promise.resolve();
    opening.cancel();
    expect(await cancelled).toMatchObject({ code: '57014' });
    expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    await sql
      .begin(async (tx) => {
        const running = tx`SELECT pg_sleep(0.1)`.execute();
        const waiting = tx`SELECT 2`;
        const refused = failure(waiting);
        await sleep(10);
        waiting.cancel();
        await running;
        await refused;
        return tx`SELECT 3`;
      })
      .catch(() => undefined);
    expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });
});

test.each<[string, (sql: Sql) => Promise<unknown>]>([
  ['a transaction', (sql) => sql.begin(async (tx) => tx`SELECT 1`)],
  ['a reserved connection', async (sql) => (await sql.reserve()).release()],
  ['a query', async (sql) => sql`SELECT 1`],
])('%s that waits for a connection which is reset meanwhile is told that the database is away', async (_, use) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.resetAndDestroy());
  });
  const url = `postgres://nobody@127.0.0.1:${await listen(server)}/none`;
  await using sql = open({ max: 1 }, url);
  expect(isDatabaseUnavailable(await failure(use(sql)))).toBe(true);
  server.close();
});
