import { fileURLToPath } from 'node:url';
import { runProgram } from '@taskmaster/testing/faults';
import type { ProgramOptions } from '@taskmaster/testing/faults';

/** Who is not root: for what root may do anyway. */
export const nobody = { uid: 65_534, gid: 65_534 };

/** A program of this package as an operator starts it, in a folder that is not the project's: no `.env` is read. */
export const runProcess = (program: 'main.ts' | 'cli.ts', args: readonly string[], options: ProgramOptions) =>
  runProgram(fileURLToPath(new URL(`../../${program}`, import.meta.url)), args, options);
