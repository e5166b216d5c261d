import { format } from 'node:util';

/** Calls of console.error that no test has claimed. */
let noise: string[] = [];

/** Takes over console.error; the original is not called, the failed test shows the text. */
export function recordNoise(): void {
  // oxlint-disable-next-line no-console -- this is the place that watches it
  console.error = (...values: unknown[]): void => {
    noise.push(format(...values));
  };
}

/** What was written since the last call. A test that expects noise takes it, and asserts on it. */
export function takeNoise(): string[] {
  const taken = noise;
  noise = [];
  return taken;
}
