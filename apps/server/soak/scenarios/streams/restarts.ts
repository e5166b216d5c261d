import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../measures/quantile.ts';
import { defineScenario } from '../../scenario.ts';
import { runStreams, streamDefaults } from './stream-run.ts';

export const scenario = defineScenario({
  about: 'PostgreSQL restarted, by turns fast and immediate, while clients listen and writers write.',
  defaults: { restarts: 20, ...streamDefaults },
  run: ({ restarts, ...options }, progress) =>
    runStreams({
      ...options,
      progress,
      async disturb({ database }) {
        const awayMs: number[] = [];
        for (let done = 1; done <= restarts; done++) {
          await sleep(2_000 + 2_000 * Math.random());
          const before = performance.now();
          await database.restart(done % 2 === 0 ? 'fast' : 'immediate');
          awayMs.push(performance.now() - before);
          if (done % 5 === 0) progress(`${done} restarts`);
        }
        await sleep(2_000);
        return [
          { name: 'restarts', value: restarts },
          { name: 'database away, median', value: quantile(awayMs, 0.5), unit: 'ms' },
        ];
      },
    }),
});
