import { access, constants, mkdir } from 'node:fs/promises';
import { EnvError } from '../env.ts';

/** Makes the folder that a variable names, and throws `EnvError` now rather than at the first write in an hour. */
export async function checkFolder(variable: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new EnvError(`${variable}: ${folder} cannot be written (${reason})`);
  }
}
