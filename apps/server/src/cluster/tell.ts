import type { Worker } from 'node:cluster';
import type { FromPrimary } from './messages.ts';

export function tell(worker: Worker, message: FromPrimary): void {
  // Who cannot be told is ending, and that is seen where ends are seen.
  if (worker.isConnected()) worker.send(message, () => undefined);
}
