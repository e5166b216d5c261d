/** One line of a scenario's result. With a limit it decides whether the run was good. */
export interface Measure {
  name: string;
  value: number;
  unit?: string;
  atMost?: number;
  atLeast?: number;
}

/** Tells the person who waits how far it is. */
export type Progress = (line: string) => void;

/** The options are counts: the defaults are those that the issue asks for, the command line may scale them down. */
export interface Scenario<Options extends Readonly<Record<string, number>> = Readonly<Record<string, number>>> {
  about: string;
  defaults: Options;
  run: (options: Options, progress: Progress) => Promise<readonly Measure[]>;
}

/** Checks the options against the code that reads them. */
export const defineScenario = <Options extends Readonly<Record<string, number>>>(scenario: Scenario<Options>) => ({
  about: scenario.about,
  defaults: scenario.defaults,
  run: (given: ReadonlyMap<string, number>, progress: Progress) =>
    scenario.run(withGiven(scenario.defaults, given), progress),
});

function withGiven<Options extends Readonly<Record<string, number>>>(
  defaults: Options,
  given: ReadonlyMap<string, number>,
): Options {
  const entries = Object.entries(defaults).map(([name, value]) => [name, given.get(name) ?? value] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same keys, each with a number again
  return Object.fromEntries(entries) as unknown as Options;
}

export const isGood = ({ value, atMost = Infinity, atLeast = -Infinity }: Measure): boolean =>
  value <= atMost && value >= atLeast;
