import { availableParallelism } from 'node:os';
import type { Measure } from './scenario.ts';
import { isGood } from './scenario.ts';

interface Result {
  scenario: string;
  options: Readonly<Record<string, number>>;
  seconds: number;
  measures: readonly Measure[];
}

const rounded = (value: number) => (Number.isInteger(value) ? value : Number(value.toPrecision(4)));

const limitOf = ({ atMost, atLeast, unit = '' }: Measure): string => {
  if (atMost !== undefined) return `≤ ${atMost} ${unit}`;
  return atLeast === undefined ? '' : `≥ ${atLeast} ${unit}`;
};

/** A table for people, then one JSON line for whoever keeps the figures. */
export function printResult({ scenario, options, seconds, measures }: Result, write: (text: string) => void): void {
  const width = Math.max(...measures.map(({ name }) => name.length));
  for (const measure of measures) {
    const { name, value, unit = '' } = measure;
    const verdict = isGood(measure) ? '' : '  <- FAILED';
    write(`${name.padEnd(width)}  ${`${rounded(value)} ${unit}`.padEnd(16)}${limitOf(measure)}${verdict}\n`);
  }
  const summary = {
    scenario,
    ok: measures.every(isGood),
    options,
    seconds: Math.round(seconds),
    cores: availableParallelism(),
    node: process.version,
    at: new Date().toISOString(),
    measures: Object.fromEntries(measures.map(({ name, value }) => [name, rounded(value)])),
  };
  write(`${JSON.stringify(summary)}\n`);
}
