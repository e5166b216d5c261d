import { notifications } from '@taskmaster/core/tables';
import { until } from '@taskmaster/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMetrics } from '../metrics.ts';
import { exposeStreams } from './expose-streams.ts';
import { isStarted, openPlain, openTyped, subscription } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';
import type { TestServer } from '../testing/socket-server.ts';

const metrics = createMetrics();

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
  exposeStreams(metrics, server);
});
afterAll(async () => server[Symbol.asyncDispose]());

/** The value of a series, such as `sockets_open` or `sockets_closed_total{code="1000"}`. */
async function valueOf(series: string): Promise<number | undefined> {
  const text = await metrics.text();
  const line = text.split('\n').find((one) => one.startsWith(`taskmaster_${series} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
}

test('sockets, subscriptions, deliveries with their latency, catch-up reads and closes by code', async () => {
  const user = await server.createUser();
  const typed = await openTyped(server, user);
  typed.send(subscription(1, 'tasks.onChange'));
  await typed.find(isStarted(1), 'the start');
  const plain = await openPlain(server, user);
  await until(() => plain.positions.length === 1, 'the beginning');
  expect(await valueOf('sockets_open')).toBe(2);
  expect(await valueOf('subscriptions_open{stream="notifications"}')).toBe(1);
  expect(await valueOf('subscriptions_open{stream="tasks"}')).toBe(1);

  await server.notify(user, null, 3);
  await until(() => plain.frames.length === 3, 'the notifications');
  expect(await valueOf('events_delivered_total')).toBe(3);
  expect(await valueOf('event_delivery_duration_seconds_count')).toBe(3);
  expect(await valueOf('events_catch_up_reads_total')).toBe(0);
  expect(await valueOf('sockets_buffered_bytes')).toBe(0);

  plain.ws.close(1000);
  typed.ws.close(4999);
  await until(() => server.sockets.stats().open === 0, 'both to be gone');
  const resumed = await openPlain(server, user, plain.positions[0]);
  await until(() => resumed.frames.length === 3, 'what was missed');
  expect(await valueOf('events_catch_up_reads_total')).toBe(1);
  expect(await valueOf('sockets_closed_total{code="1000"}')).toBe(1);
  expect(await valueOf('sockets_closed_total{code="other"}')).toBe(1);
  expect(await valueOf('events_resyncs_total')).toBe(0);
  // Asked twice, a count is not counted twice.
  expect(await valueOf('events_delivered_total')).toBe(3);
  resumed.ws.terminate();
});

test('the lag grows while committed rows wait for an older transaction, and goes with it', async () => {
  const user = await server.createUser();
  const row = () => ({ id: randomUUID(), user_id: user.id, type: 'team_added', title: 'hello' }) as const;
  const { promise: isEnough, resolve: finish } = Promise.withResolvers<void>();
  const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
  const holding = server.db.transaction(async (tx) => {
    await tx.insert(notifications).values(row());
    hold();
    await isEnough;
  });
  await isHeld;
  await server.notify(user);
  await until(() => server.hub.stats().lagMs > 20, 'a lag');
  expect(await valueOf('events_lag_seconds')).toBeGreaterThan(0.02);
  finish();
  await holding;
  await until(() => server.hub.stats().lagMs === 0, 'no lag');
});
