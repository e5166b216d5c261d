import { createTaskmasterClient } from '@taskmaster/client';
import type { Watch } from '@taskmaster/client';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { below } from '../random.ts';
import type { Person } from '../system/people.ts';

/** tRPC's frame of a tracked event. The others, and events that only tell a position, do not parse. */
const Frame = z.object({
  result: z.object({ data: z.object({ id: z.string(), data: z.object({ type: z.enum(['task', 'notification']) }) }) }),
});

/** What came over one subscription. */
export interface Heard {
  /** Ids in the order in which the application was given them. */
  ids: string[];
  resyncs: number;
}

export interface Listener {
  person: Person;
  tasks: Heard;
  notifications: Heard;
  /** Events on the wire, and those of them that had come before. */
  wire: { events: number; doubled: number };
  sockets: () => number;
  started: Promise<unknown>;
  /** What ended a watch that nobody ended. */
  failures: unknown[];
  close: () => void;
}

/** A user of the typed client who watches everything. */
export function startListener(url: string, person: Person): Listener {
  const wire = { events: 0, doubled: 0 };
  const seen = new Set<string>();
  const failures: unknown[] = [];
  let sockets = 0;

  /** Sees what comes before the client removes what is double. */
  class CountingSocket extends WebSocket {
    constructor(address: string) {
      super(address);
      sockets++;
      this.on('message', (data: Buffer) => {
        const id = eventIdOf(data.toString('utf8'));
        if (id === undefined) return;
        wire.events++;
        if (seen.has(id)) wire.doubled++;
        seen.add(id);
      });
    }
  }

  const client = createTaskmasterClient({
    url,
    tokens: { access_token: person.token, refresh_token: 'none', token_type: 'bearer', expires_in: 86_400 },
    WebSocket: CountingSocket,
    backoff: () => 50 + below(200),
  });

  function listen(watch: Watch<{ id: string; type: string }>): Heard {
    const heard: Heard = { ids: [], resyncs: 0 };
    const read = async () => {
      for await (const { id, type } of watch) {
        if (type === 'resync') heard.resyncs++;
        if (type === 'task' || type === 'notification') heard.ids.push(id);
      }
    };
    read().catch((error: unknown) => failures.push(error));
    return heard;
  }

  const watches = { tasks: client.tasks.watch(), notifications: client.notifications.watch() };
  return {
    person,
    tasks: listen(watches.tasks),
    notifications: listen(watches.notifications),
    wire,
    sockets: () => sockets,
    started: Promise.all([watches.tasks.started, watches.notifications.started]),
    failures,
    close: client.close,
  };
}

function eventIdOf(frame: string): string | undefined {
  if (!frame.startsWith('{')) return undefined;
  return Frame.safeParse(JSON.parse(frame)).data?.result.data.id;
}
