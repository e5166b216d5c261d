import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '../../random.ts';
import { defineScenario } from '../../scenario.ts';
import type { SoakServer } from '../../system/soak-server.ts';
import { runStreams, streamDefaults } from './stream-run.ts';

/** A process that stops in the middle of whatever it does, and goes on as if nothing had been. */
async function standStill(server: SoakServer): Promise<void> {
  server.pause();
  await sleep(1_000 * Math.random());
  server.resume();
}

export const scenario = defineScenario({
  about: 'Random cuts of clients that listen on two processes, under writes with random commit delays.',
  defaults: { cuts: 1_000, ...streamDefaults },
  run: ({ cuts, ...options }, progress) =>
    runStreams({
      ...options,
      progress,
      async disturb({ balancer, servers }) {
        for (let done = 1; done <= cuts; done++) {
          await sleep(200 * Math.random());
          balancer.cut({ count: 1, reset: Math.random() < 0.5 });
          if (done % 25 === 0) await standStill(pick(servers));
          if (done % 100 === 0) progress(`${done} cuts`);
        }
        return [{ name: 'cuts', value: cuts }];
      },
    }),
});
