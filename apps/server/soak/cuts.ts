import { setTimeout as sleep } from 'node:timers/promises';
import { defineScenario } from './scenario.ts';
import { runStreams, streamDefaults } from './stream-run.ts';

export const scenario = defineScenario({
  about: 'Random cuts of clients that listen on two processes, under writes with random commit delays.',
  defaults: { cuts: 1_000, ...streamDefaults },
  run: ({ cuts, ...options }, progress) =>
    runStreams({
      ...options,
      progress,
      async disturb({ balancer }) {
        for (let done = 1; done <= cuts; done++) {
          await sleep(200 * Math.random());
          balancer.cut({ count: 1, reset: Math.random() < 0.5 });
          if (done % 100 === 0) progress(`${done} cuts`);
        }
        return [{ name: 'cuts', value: cuts }];
      },
    }),
});
