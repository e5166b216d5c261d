import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { isRecord } from '../errors/read-refusal.ts';

export interface FakeSocket {
  token: string;
  /** The input of each subscription, in the order in which they came. */
  inputs: unknown[];
  /** How many subscriptions the client has not stopped. */
  watched: () => number;
  /** Sends an event on every subscription. */
  send: (id: string, event: object) => void;
  /** The same, with anything in place of the event and its id. */
  sendRaw: (data: unknown) => void;
  /** Answers every subscription with an error. */
  fail: (code: string) => void;
  /** Ends every subscription, as if there were nothing more to come. */
  stop: () => void;
  close: (code: number) => void;
  /** Answers no `PING` any more. */
  mute: () => void;
}

export interface FakeSocketServer extends AsyncDisposable {
  url: string;
  /** All that were opened, the oldest first. */
  sockets: FakeSocket[];
  /** How many are open. */
  open: () => number;
}

/** Speaks tRPC's protocol just so far that a test can say what a server says. */
export async function startFakeSocketServer(
  onSubscribed: (socket: FakeSocket, index: number) => void = () => {},
  onOpened: (socket: FakeSocket, index: number) => void = () => {},
): Promise<FakeSocketServer> {
  const sockets: FakeSocket[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => void server.once('listening', resolve));
  server.on('connection', (ws) => {
    const socket = talk(ws, () => onSubscribed(socket, sockets.indexOf(socket)));
    onOpened(socket, sockets.push(socket) - 1);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    sockets,
    open: () => server.clients.size,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function talk(ws: WebSocket, onSubscribed: () => void): FakeSocket {
  const ids = new Set<unknown>();
  let isMute = false;
  const tell = (result: object) => {
    for (const id of ids) ws.send(JSON.stringify({ id, result }));
  };
  const socket: FakeSocket = {
    token: '',
    inputs: [],
    watched: () => ids.size,
    send: (id, event) => tell({ type: 'data', id, data: { id, data: event } }),
    sendRaw: (data) => tell({ type: 'data', data }),
    fail(code) {
      const data = { code: 'NOT_FOUND', httpStatus: 404, error: { code, request_id: 'r1' } };
      for (const each of ids) ws.send(JSON.stringify({ id: each, error: { code: -32_004, message: 'no', data } }));
    },
    stop: () => tell({ type: 'stopped' }),
    close: (code) => ws.close(code),
    mute() {
      isMute = true;
    },
  };
  ws.on('message', (raw: Buffer) => {
    const text = raw.toString();
    if (text === 'PING') {
      if (!isMute) ws.send('PONG');
      return;
    }
    const parsed: unknown = JSON.parse(text);
    for (const message of Array.isArray(parsed) ? parsed : [parsed]) hear(message);
  });

  function hear(message: unknown): void {
    if (!isRecord(message)) return;
    const { id, method, params, data } = message;
    if (method === 'connectionParams' && isRecord(data)) socket.token = String(data['token']);
    if (method === 'subscription.stop') ids.delete(id);
    if (method !== 'subscription' || !isRecord(params)) return;
    ids.add(id);
    socket.inputs.push(params['input']);
    ws.send(JSON.stringify({ id, result: { type: 'started' } }));
    onSubscribed();
  }
  return socket;
}
