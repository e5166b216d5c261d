import type { WorkerEnd } from './launch-worker.ts';

/** A worker cannot start: its reason, and its exit code for the whole. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
  readonly exitCode: number;

  constructor({ reason, code, signal }: WorkerEnd) {
    super(reason ?? `a worker ended before it was ready (${signal ?? `exit code ${code}`})`);
    this.exitCode = code || 1;
  }
}
