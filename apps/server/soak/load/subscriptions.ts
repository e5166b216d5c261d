import { WebSocket } from 'ws';
import type { Person } from '../system/people.ts';

/** What a socket hears, for a subscription that is opened again after a loss. */
export interface RawSubscription {
  person: Person;
  /** Ids of events, in the order in which they came. */
  ids: string[];
  resyncs: number;
  /** Where it resumes: the last event, or the position that it was given before any. */
  position: string | undefined;
  socket: WebSocket | undefined;
}

export interface RawOptions {
  port: number;
  path: 'tasks.onChange' | 'notifications.onCreate';
  /** Of 127.0.0.0/8: a server that limits sockets by address sees many clients. */
  localAddress: string;
  /** With each event. `at` is `performance.now()`. */
  onEvent?: (event: Readonly<Record<string, unknown>>, at: number) => void;
  onClose?: (code: number) => void;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export const rawSubscription = (person: Person): RawSubscription => ({
  person,
  ids: [],
  resyncs: 0,
  position: undefined,
  socket: undefined,
});

/**
 * A socket with one subscription and nothing more, for ten thousand of them in one process. Resolves when the server has
 * told everything that was missed. Rejects when the socket is refused or closed before.
 */
export async function openRaw(subscription: RawSubscription, options: RawOptions): Promise<void> {
  const { port, path, localAddress } = options;
  const { person, position } = subscription;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/trpc?connectionParams=1`, {
    localAddress,
    perMessageDeflate: false,
  });
  subscription.socket = socket;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('error', reject);
  socket.on('close', (code) => {
    reject(new Error(`closed with ${code}`));
    options.onClose?.(code);
  });
  socket.on('open', () => {
    socket.send(JSON.stringify({ method: 'connectionParams', data: { token: person.token } }));
    const input = position === undefined ? {} : { lastEventId: position };
    socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path, input } }));
  });
  socket.on('message', (data: Buffer) => {
    const frame: unknown = JSON.parse(data.toString('utf8'));
    const result = isRecord(frame) ? frame['result'] : undefined;
    const tracked = isRecord(result) ? result['data'] : undefined;
    if (!isRecord(tracked) || !isRecord(tracked['data'])) {
      if (isRecord(frame) && 'error' in frame) reject(new Error(`refused: ${JSON.stringify(frame['error'])}`));
      return;
    }
    const [id, event] = [String(tracked['id']), tracked['data']];
    subscription.position = id;
    if (event['type'] === 'resync') subscription.resyncs++;
    if (event['type'] === 'task' || event['type'] === 'notification') {
      subscription.ids.push(id);
      options.onEvent?.(event, performance.now());
    }
    if (event['type'] === 'live' || event['type'] === 'resync') resolve();
  });
  return promise;
}

/** So many at a time, each one tried again until it succeeds or the patience ends. Returns how many attempts failed. */
export async function openAll(
  subscriptions: readonly RawSubscription[],
  open: (subscription: RawSubscription, index: number) => Promise<void>,
  { atOnce = 200, patienceMs = 60_000 } = {},
): Promise<number> {
  const deadline = performance.now() + patienceMs;
  const waiting = [...subscriptions.entries()];
  let failures = 0;
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [index, subscription] = next;
      try {
        await open(subscription, index);
      } catch (error) {
        failures++;
        if (performance.now() > deadline) throw error;
        waiting.unshift(next);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return failures;
}

/** 900 sockets an address: below the thousand that a server lets one have. */
export const addressFor = (index: number): string => `127.0.0.${2 + Math.floor(index / 900)}`;
