import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '@taskmaster/testing/faults';
import { below, pick } from '../random.ts';
import type { Progress } from '../scenario.ts';
import type { System } from './system.ts';

/** What may happen to the line to the database; each lasts until it is healed. */
const faults: Readonly<Record<string, (line: TcpProxy) => void>> = {
  latency: (line) => line.setFault({ latencyMs: 5 + below(100) }),
  slices: (line) => line.setFault({ sliceBytes: 1 + below(9) }),
  'black hole': (line) => line.setFault({ isBlackHole: true }),
  'one connection reset': (line) => line.cut({ count: 1, reset: true }),
  'one connection closed': (line) => line.cut({ count: 1 }),
  'all connections reset': (line) => line.cut({ reset: true }),
  refused(line) {
    line.setOpen(false);
    line.cut();
  },
};

function heal(line: TcpProxy): void {
  line.setFault({});
  line.setOpen(true);
}

interface SpoilOptions {
  minutes: number;
  check: () => Promise<void>;
  progress: Progress;
}

/** Faults at random, with pauses of health. Returns how many there were. */
export async function spoilLine({ databaseLine }: System, { minutes, check, progress }: SpoilOptions): Promise<number> {
  if (!databaseLine) throw new Error('the servers have no line that could be spoiled');
  const end = performance.now() + minutes * 60_000;
  let count = 0;
  while (performance.now() < end) {
    const [name, spoil] = pick(Object.entries(faults));
    spoil(databaseLine);
    await sleep(8_000 * Math.random());
    heal(databaseLine);
    await sleep(1_000 * Math.random());
    await check();
    count++;
    if (count % 10 === 0) progress(`${count} faults of the line, the last one: ${name}`);
  }
  return count;
}
