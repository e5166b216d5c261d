/** Milliseconds to wait before the attempt after `failures` failed ones (1 or more). */
export type Backoff = (failures: number) => number;

const floorMs = 100;
const baseMs = 500;
const capMs = 30_000;

/** Doubles from 0.5 s to 30 s, and takes any time between nothing and that: clients of a server that stops come back spread out. */
export const jitteredBackoff: Backoff = (failures) =>
  floorMs + Math.random() * Math.min(capMs, baseMs * 2 ** (failures - 1));
