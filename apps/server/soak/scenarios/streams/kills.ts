import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '../../random.ts';
import { quantile } from '../../measures/quantile.ts';
import { defineScenario } from '../../scenario.ts';
import { runStreams, streamDefaults } from './stream-run.ts';

export const scenario = defineScenario({
  about: 'kill -9 of one of two processes, again and again, while clients listen and writers write.',
  defaults: { kills: 50, ...streamDefaults },
  run: ({ kills, ...options }, progress) =>
    runStreams({
      ...options,
      progress,
      async disturb({ servers }) {
        const startedInMs: number[] = [];
        for (let done = 1; done <= kills; done++) {
          await sleep(500 + 1_000 * Math.random());
          const server = pick(servers);
          await server.kill();
          await sleep(500 * Math.random());
          startedInMs.push(await server.start());
          if (done % 10 === 0) progress(`${done} kills`);
        }
        return [
          { name: 'kills', value: kills },
          { name: 'ready again, median', value: quantile(startedInMs, 0.5), unit: 'ms' },
        ];
      },
    }),
});
