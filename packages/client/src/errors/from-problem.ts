import { isRecord, readRefusal, retryAfter } from './read-refusal.ts';
import type { TaskmasterError } from './taskmaster-error.ts';

/** The error that an answer of the REST surface describes in its body, as it was read. */
export function fromProblem(status: number, headers: Headers, text: string): TaskmasterError {
  const problem = parse(text);
  const detail = isRecord(problem) && typeof problem['detail'] === 'string' ? problem['detail'] : undefined;
  return readRefusal(problem, detail ?? `The answer (${status}) cannot be read`, { status, ...retryAfter(headers) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
