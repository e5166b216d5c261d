import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@taskmaster/testing';
import { openPlain, openTyped, subscription } from './socket-client.ts';
import type { TestServer } from './socket-server.ts';

const everyMs = 25;

/** A healthy client with a socket of each kind, who is told something all the time. */
export async function createNeighbour(server: TestServer) {
  const user = await server.createUser();
  const [plain, typed] = [await openPlain(server, user), await openTyped(server, user)];
  typed.send(subscription(1));
  await until(() => plain.positions.length + typed.positions.length === 2, 'both to be live');
  const latencies: number[] = [];
  const state = { isTelling: true, sent: 0 };
  const telling = (async () => {
    while (state.isTelling) {
      const sentAt = performance.now();
      await server.notify(user);
      state.sent++;
      await until(() => plain.frames.length >= state.sent && typed.frames.length > state.sent, 'the notification');
      latencies.push(performance.now() - sentAt);
      await sleep(everyMs);
    }
  })();
  return {
    /** Stops, and tells what became of it: what was sent and heard on each socket, and the longest wait in milliseconds. */
    async stop() {
      await until(() => state.sent > 1, 'the second notification');
      state.isTelling = false;
      await telling;
      const isOpen = [plain, typed].every(({ ws }) => ws.readyState === ws.OPEN);
      for (const { ws } of [plain, typed]) ws.terminate();
      // The first frame of the typed one is that it has started.
      const heard = [plain.frames.length, typed.frames.length - 1];
      return { sent: state.sent, heard, isOpen, longestMs: Math.max(...latencies) };
    },
  };
}
