import { parseArgs } from 'node:util';
import { UsageError } from '../cli/usage-error.ts';

export const maxProcesses = 64;

/** What `pnpm start` was called with, as variables that win over those of the environment. Throws `UsageError`. */
export function readStartArguments(args: string[]): NodeJS.ProcessEnv {
  const { processes } = parse(args);
  if (processes === undefined) return {};
  const isCount = /^[1-9]\d?$/.test(processes) && Number(processes) <= maxProcesses;
  if (!isCount) throw new UsageError(`--processes: is no whole number from 1 to ${maxProcesses}`);
  return { PROCESSES: processes };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { processes: { type: 'string' } } }).values;
  } catch (error) {
    // Node says which argument it was.
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
