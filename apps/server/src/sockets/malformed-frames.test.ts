import { until } from '@taskmaster/testing';
import { createAccessTokens } from '@taskmaster/api';
import { secretKey } from '@taskmaster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNeighbour } from '../testing/neighbour.ts';
import { closeCodeAfter, fragments, frame, opcodes } from '../testing/raw-socket.ts';
import { openTyped, subscription } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';
import type { TestServer, TestUser } from '../testing/socket-server.ts';

let server: TestServer;
let user: TestUser;
let neighbour: Awaited<ReturnType<typeof createNeighbour>>;
beforeAll(async () => {
  server = await createTestServer({ limits: { handshakeMs: 1_000 } });
  user = await server.createUser();
  neighbour = await createNeighbour(server);
});
afterAll(async () => server[Symbol.asyncDispose]());

const json = (value: unknown) => frame(JSON.stringify(value));
const codeOf = (code: number, reason = '') =>
  Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);
const { continuation, binary, close, ping, pong } = opcodes;
const kib64 = 64 * 1024;

type Code = number | 'no close frame';

/** What no client may send, whatever the socket is for. */
const frames: [what: string, code: Code | Code[], bytes: Buffer[]][] = [
  ['the first reserved bit', 1002, [frame('{}', { rsv: 4 })]],
  ['the second reserved bit', 1002, [frame('{}', { rsv: 2 })]],
  ['the third reserved bit', 1002, [frame('{}', { rsv: 1 })]],
  ['a reserved bit on a ping', 1002, [frame('', { opcode: ping, rsv: 4 })]],
  ['opcode 3', 1002, [frame('{}', { opcode: 3 })]],
  ['opcode 7', 1002, [frame('{}', { opcode: 7 })]],
  ['opcode 11', 1002, [frame('', { opcode: 11 })]],
  ['opcode 15', 1002, [frame('', { opcode: 15 })]],
  ['text without a mask', 1002, [frame('{}', { isMasked: false })]],
  ['a ping without a mask', 1002, [frame('', { opcode: ping, isMasked: false })]],
  ['a ping of 126 bytes', 1002, [frame('x'.repeat(126), { opcode: ping })]],
  ['a pong of 126 bytes', 1002, [frame('x'.repeat(126), { opcode: pong })]],
  ['a close of 126 bytes', 1002, [frame(codeOf(1000, 'x'.repeat(124)), { opcode: close })]],
  ['a ping in fragments', 1002, [frame('', { opcode: ping, fin: false })]],
  ['a close in fragments', 1002, [frame(codeOf(1000), { opcode: close, fin: false })]],
  ['a continuation of nothing', 1002, [frame('{}', { opcode: continuation })]],
  ['a message within a message', 1002, [frame('{', { fin: false }), frame('{}')]],
  ['a close of one byte', 1002, [frame('x', { opcode: close })]],
  ['close code 999', 1002, [frame(codeOf(999), { opcode: close })]],
  ['close code 1005', 1002, [frame(codeOf(1005), { opcode: close })]],
  ['close code 1006', 1002, [frame(codeOf(1006), { opcode: close })]],
  ['close code 5000', 1002, [frame(codeOf(5000), { opcode: close })]],
  ['a reason that is no UTF-8', 1007, [frame(Buffer.from([3, 232, 0xff]), { opcode: close })]],
  ['bytes that are no UTF-8', 1007, [frame(Buffer.from([0xff, 0xfe]))]],
  ['half a character', 1007, [frame(Buffer.from([0xe2, 0x82]))]],
  ['a surrogate', 1007, [frame(Buffer.from([0xed, 0xa0, 0x80]))]],
  ['a character that is longer than it need be', 1007, [frame(Buffer.from([0xc0, 0xaf]))]],
  ['no UTF-8 across fragments', 1007, fragments(Buffer.from([0xe2]), 2)],
  ['64 KiB and a byte', 1009, [frame('x'.repeat(kib64 + 1))]],
  ['64 KiB and a byte in fragments', 1009, fragments('x'.repeat(kib64 / 2 + 1), 2)],
  ['64 KiB and a byte of binary', 1009, [frame('x'.repeat(kib64 + 1), { opcode: binary })]],
  ['a length of 2^32, of which nothing comes', 1009, [frame('', { claimedBytes: 2n ** 32n })]],
  ['a length of 2^53', 1009, [frame('', { claimedBytes: 2n ** 53n })]],
  ['a length of 2^63', 1009, [frame('', { claimedBytes: 2n ** 63n })]],
  ['200,000 calls in one frame', 1009, [frame(`[${'1,'.repeat(199_999)}1]`)]],
  ['129 fragments', 1008, fragments('x', 129)],
  ['129 fragments of nothing', 1008, fragments('', 129)],
  ['binary', 1003, [frame('{}', { opcode: binary })]],
  ['binary without a byte', 1003, [frame('', { opcode: binary })]],
  ['binary in fragments', 1003, fragments('{', 2, binary)],
  ['300 messages at once', 1008, Array.from({ length: 300 }, () => frame('{}'))],
  // ws itself drops who has 60 answers waiting; who reads them in between is over the rate.
  ['300 pings at once', [1008, 'no close frame'], Array.from({ length: 300 }, () => frame('', { opcode: ping }))],
];

const subscribe = (ids: readonly number[]) => json(ids.map((id) => subscription(id)));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** What a client who has said who it is may not send at `/trpc`. */
const calls: typeof frames = [
  [
    '11 calls in one frame',
    1008,
    [json(upTo(11).map((id) => ({ id, method: 'query', params: { path: 'users.me' } })))],
  ],
  ['30,000 calls in one frame of 60 KB', 1008, [frame(`[${'1,'.repeat(29_999)}1]`)]],
  ['129 subscriptions', 1008, [...upTo(16).map((at) => subscribe(upTo(8).map((id) => at * 8 + id))), subscribe([128])]],
  ['two subscriptions with one id', 1008, [subscribe([1]), subscribe([1])]],
  ['two subscriptions with one id in one frame', 1008, [subscribe([1, 1])]],
  ['more calls at once than the burst, in few frames', 1008, upTo(25).map(() => json(upTo(10)))],
];

const say = (token: unknown) => json({ method: 'connectionParams', data: { token } });
const expired = () =>
  createAccessTokens({ secretKey, algorithm: 'HS256', lifetimeSeconds: -60 }).sign({
    user_id: user.id,
    session_id: user.session_id,
  });

/** What does not say who it is. */
const beginnings: [what: string, bytes: () => Buffer[] | Promise<Buffer[]>][] = [
  ['silence', () => []],
  ['half a frame', () => [say('x').subarray(0, 7)]],
  ['the half of a message in fragments', () => [frame('{', { fin: false })]],
  ['pings alone', () => upTo(5).map(() => frame('', { opcode: ping }))],
  ['the word PING alone', () => [frame('PING')]],
  ['no JSON', () => [frame('{')]],
  ['a number', () => [json(7)]],
  ['null', () => [json(null)]],
  ['a list', () => [json([])]],
  ['a call', () => [json({ id: 1, method: 'query', params: { path: 'users.me' } })]],
  ['a subscription', () => [subscribe([1])]],
  ['no parameters', () => [json({ method: 'connectionParams', data: null })]],
  ['no token', () => [json({ method: 'connectionParams', data: {} })]],
  ['a token that is a number', () => [say(7)]],
  ['a token that is a list', () => [say(['x'])]],
  ['an empty token', () => [say('')]],
  ['a token that is none', () => [say('a.b.c')]],
  ['an expired token', async () => [say(await expired())]],
  ['a long token', () => [say('x'.repeat(60_000))]],
];

const plainTarget = () => `/ws/${user.id}?token=${user.token}`;
const typedTarget = '/trpc?connectionParams=1';

test('there are at least sixty of them', () => {
  expect(2 * frames.length + calls.length + beginnings.length).toBeGreaterThanOrEqual(60);
});

describe('frames', () => {
  test.each(frames)('at /ws: %s: %s', async (_what, code, bytes) => {
    expect([code].flat()).toContain(await closeCodeAfter(server, plainTarget(), bytes));
  });

  test.each(frames)('at /trpc: %s: %s', async (_what, code, bytes) => {
    expect([code].flat()).toContain(await closeCodeAfter(server, typedTarget, [say(user.token), ...bytes]));
  });
});

test.each(calls)('calls: %s: %s', async (_what, code, bytes) => {
  expect([code].flat()).toContain(await closeCodeAfter(server, typedTarget, [say(user.token), ...bytes]));
});

test.each(beginnings)('a beginning that says nothing good, %s: 4401', async (_what, bytes) => {
  expect(await closeCodeAfter(server, typedTarget, await bytes())).toBe(4401);
});

test('what is only nonsense is answered by an error, and the socket goes on', async () => {
  const socket = await openTyped(server, user);
  const paths = ['no.such', '__proto__', 'constructor', 'users', 'users.me.toString', 7, null];
  const texts = ['{', '[', '7', 'null', '"x"', '{}', '[[]]', '[null]'];
  const messages = [{ id: null }, { id: 1 }, { id: 1, method: 'x' }];
  const queries = paths.map((path) => ({ id: 1, method: 'query', params: { path } }));
  for (const one of [...texts, ...messages, ...queries]) socket.send(one);
  socket.send({ id: 99, method: 'query', params: { path: 'users.me' } });
  expect(await socket.find(({ id }) => id === 99, 'the answer')).toMatchObject({ result: { data: { id: user.id } } });
  socket.ws.terminate();
});

test('a healthy client beside it has noticed nothing, and nothing is left', async () => {
  const { sent, heard, isOpen, longestMs } = await neighbour.stop();
  expect(sent).toBeGreaterThan(1);
  expect({ heard, isOpen }).toEqual({ heard: [sent, sent], isOpen: true });
  expect(longestMs).toBeLessThan(1_000);
  await until(() => server.sockets.stats().places === 0, 'every place to be free');
  expect(server.hub.stats().subscriptions).toEqual({ notifications: 0, tasks: 0 });
});
