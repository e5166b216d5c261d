import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listen } from '../listen.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import type { TcpProxy } from './tcp-proxy.ts';

let resources: AsyncDisposableStack;
let proxy: TcpProxy;
let pieces: Buffer[];
let client: Socket;

/** An echo behind the proxy, and one client before it. */
beforeEach(async () => {
  resources = new AsyncDisposableStack();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      pieces.push(data);
      socket.write(data);
    });
  });
  const port = await listen(server);
  resources.defer(() => void server.close());
  proxy = resources.use(await startTcpProxy(() => ({ host: '127.0.0.1', port })));
  pieces = [];
  client = await open();
});

afterEach(async () => resources.disposeAsync());

async function open(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  resources.defer(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** What comes back of a text; the milliseconds that it took. */
async function echo(text: string): Promise<{ heard: string; ms: number }> {
  const before = performance.now();
  let heard = '';
  const onData = (data: Buffer) => {
    heard += data.toString();
    if (heard.length >= text.length) client.emit('heard');
  };
  client.on('data', onData);
  const all = once(client, 'heard');
  client.write(text);
  await all;
  client.off('data', onData);
  return { heard, ms: performance.now() - before };
}

test('a healthy line passes everything on', async () => {
  const text = 'x'.repeat(300_000);
  expect((await echo(text)).heard).toBe(text);
  expect(proxy.open()).toBe(1);
});

test('latency is added each way, to what is open too', async () => {
  expect((await echo('quick')).ms).toBeLessThan(200);
  proxy.setFault({ latencyMs: 100 });
  expect((await echo('slow')).ms).toBeGreaterThanOrEqual(195);
});

test('slices keep the text and change the pieces', async () => {
  proxy.setFault({ sliceBytes: 3 });
  expect((await echo('a text of some length')).heard).toBe('a text of some length');
  expect(pieces.length).toBeGreaterThan(1);
});

test('a black hole passes nothing on, until it is healed', async () => {
  proxy.setFault({ isBlackHole: true });
  const echoed = echo('lost?');
  const first = await Promise.race([echoed, new Promise((resolve) => setTimeout(resolve, 150, 'nothing'))]);
  expect(first).toBe('nothing');
  proxy.setFault({});
  expect((await echoed).heard).toBe('lost?');
});

test('a cut ends so many, with RST where it is asked for', async () => {
  const second = await open();
  await expect.poll(() => proxy.open()).toBe(2);
  const closed = new Set<Socket>();
  for (const socket of [client, second]) socket.once('close', () => closed.add(socket)).resume();
  proxy.cut({ count: 1 });
  await expect.poll(() => closed.size).toBe(1);
  const left = closed.has(client) ? second : client;
  const failed = once(left, 'error').then(([error]: unknown[]) => error);
  proxy.cut({ reset: true });
  expect(await failed).toMatchObject({ code: 'ECONNRESET' });
});

test('closed, it refuses who comes and keeps who is there', async () => {
  proxy.setOpen(false);
  const refused = connect(proxy.port, '127.0.0.1');
  const [error]: unknown[] = await once(refused, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect((await echo('still there')).heard).toBe('still there');
});
