// `pnpm soak <scenario> [--count n]…`: long runs under load and faults, too long for the suite. Without a scenario it lists them.
// To add one: a file in `scenarios/` that exports `scenario = defineScenario({ about, defaults, run })`, and its line below.
// `run` starts processes on a real PostgreSQL, and puts people there (`system/`), lets them write and listen (`load/`), and
// returns what it counted and timed (`measures/`): a measure beyond its limit makes the command fail.
import { printResult } from './print-result.ts';
import { isGood } from './scenario.ts';

const scenarios = {
  audit: async () => (await import('./scenarios/audit.ts')).scenario,
  crashes: async () => (await import('./scenarios/crashes.ts')).scenario,
  cuts: async () => (await import('./scenarios/streams/cuts.ts')).scenario,
  kills: async () => (await import('./scenarios/streams/kills.ts')).scenario,
  races: async () => (await import('./scenarios/races.ts')).scenario,
  restarts: async () => (await import('./scenarios/streams/restarts.ts')).scenario,
  revocations: async () => (await import('./scenarios/revocations.ts')).scenario,
  sessions: async () => (await import('./scenarios/sessions/sessions.ts')).scenario,
  'slow-reader': async () => (await import('./scenarios/slow-reader.ts')).scenario,
  sockets: async () => (await import('./scenarios/sockets.ts')).scenario,
  uploads: async () => (await import('./scenarios/uploads.ts')).scenario,
};

const write = (text: string) => void process.stdout.write(text);

/** `--cuts 50 --clients=10` as numbers. Throws what the person is to read. */
function readOptions(args: readonly string[], defaults: Readonly<Record<string, number>>): Map<string, number> {
  const given = new Map<string, number>();
  const words = args.flatMap((word) => word.split('='));
  for (let index = 0; index < words.length; index += 2) {
    const name = words[index]?.replace(/^--/, '') ?? '';
    const value = Number(words[index + 1]);
    if (!(name in defaults)) throw new Error(`--${name}: is none of --${Object.keys(defaults).join(', --')}`);
    if (!(value >= 0)) throw new Error(`--${name}: takes a number`);
    given.set(name, value);
  }
  return given;
}

async function list(): Promise<void> {
  for (const [name, load] of Object.entries(scenarios)) {
    const { about, defaults } = await load();
    const options = Object.entries(defaults).map(([option, value]) => `--${option} ${value}`);
    write(`${name}\n  ${about}\n  ${options.join(' ')}\n`);
  }
}

async function main([name, ...args]: readonly string[]): Promise<void> {
  const load = Object.entries(scenarios).find(([each]) => each === name)?.[1];
  if (!load) return list();
  const { defaults, run } = await load();
  const given = readOptions(args, defaults);
  const before = performance.now();
  const seconds = () => (performance.now() - before) / 1000;
  const measures = await run(given, (line) => write(`${seconds().toFixed(0).padStart(5)} s  ${line}\n`));
  const options = { ...defaults, ...Object.fromEntries(given) };
  printResult({ scenario: String(name), options, seconds: seconds(), measures }, write);
  // Not `exitCode`: with a request cut off at the wrong moment Node 24 spins for good in its own clean-up (CleanupHandles).
  process.stdout.write('', () => process.exit(measures.every(isGood) ? 0 : 1));
}

// What runs ends with us: see the `exit` listeners of what a scenario starts.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

await main(process.argv.slice(2));
