import { TaskmasterError } from '../errors/taskmaster-error.ts';
import type { Answer } from './transfer.ts';

/** Reads a short answer whole. Throws `NETWORK` where it breaks off, or the signal's reason. */
export async function readAnswer(response: Response, signal: AbortSignal | undefined): Promise<Answer> {
  try {
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    signal?.throwIfAborted();
    throw new TaskmasterError('NETWORK', 'The answer broke off', { cause: error });
  }
}
