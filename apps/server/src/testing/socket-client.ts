import { until } from '@taskmaster/testing';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { sendRaw } from './raw-request.ts';
import type { TestServer, TestUser } from './socket-server.ts';

type Server = Pick<TestServer, 'port'>;
type Frame = Record<string, unknown>;

const isFrame = (value: unknown): value is Frame => typeof value === 'object' && value !== null;

function positionOf({ id, type, result }: Frame): string | undefined {
  if (type === 'live') return String(id);
  const tracked = isFrame(result) && result['data'];
  const isLive = isFrame(tracked) && isFrame(tracked['data']) && tracked['data']['type'] === 'live';
  return isLive ? String(tracked['id']) : undefined;
}

/** A socket that keeps what it hears. A refused upgrade rejects with the status in its message. */
export async function openSocket({ port }: Server, path: string, options: ClientOptions = {}) {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
  const frames: Frame[] = [];
  const positions: string[] = [];
  const closed = new Promise<number>((resolve) => ws.once('close', (code) => resolve(code)));
  ws.on('message', (data) => {
    const text = Buffer.isBuffer(data) ? data.toString() : '';
    const frame: Frame = text === 'PONG' ? { pong: true } : JSON.parse(text);
    const id = positionOf(frame);
    if (id === undefined) frames.push(frame);
    else positions.push(id);
  });
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
    ws.once('unexpected-response', (_request, response) => {
      response.resume();
      reject(new Error(`refused with ${response.statusCode}`));
    });
  });
  ws.on('error', () => undefined);
  return {
    ws,
    frames,
    /** The ids of `live`: everything that was missed has been told. They are not among the frames. */
    positions,
    closed,
    send: (frame: unknown) => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    find: async (matches: (frame: Frame) => boolean, what: string) => {
      await until(() => frames.some(matches), what);
      return frames.find(matches);
    },
  };
}

export function openPlain(server: Server, user: TestUser, lastEventId = '') {
  const query = new URLSearchParams({ token: user.token, last_event_id: lastEventId });
  return openSocket(server, `/ws/${user.id}?${query.toString()}`);
}

/** A tRPC socket that has said who it is. */
export async function openTyped(server: Server, user?: Pick<TestUser, 'token'>, options: ClientOptions = {}) {
  const socket = await openSocket(server, '/trpc?connectionParams=1', options);
  if (user) socket.send({ method: 'connectionParams', data: { token: user.token } });
  return socket;
}

export const subscription = (id: number, path = 'notifications.onCreate', params: object = {}) => ({
  id,
  jsonrpc: '2.0',
  method: 'subscription',
  params: { path, ...params },
});

export const isStarted = (id: number) => (frame: Frame) =>
  frame['id'] === id && JSON.stringify(frame['result'] ?? null).includes('"started"');

/** `sendRaw` to the sockets, which refuse sooner than a request has to be answered. */
export const sendHandshake = ({ port }: Server, bytes: string | Buffer, timeoutMs = 3_000): Promise<string> =>
  sendRaw({ origin: `http://127.0.0.1:${port}` }, bytes, timeoutMs);

/** An opening handshake; a header set to undefined is left out. */
export function handshake(target: string, changes: Record<string, string | undefined> = {}, method = 'GET'): string {
  const headers: Record<string, string | undefined> = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
  return `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
