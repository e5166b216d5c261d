/** Everything that can be set about the streams, with its default. */
export interface HubSettings {
  /** A position older than this is answered by `resync`. Milliseconds; 7 days. */
  retentionMs: number;
  /** The net under the wake-ups: how long a lost one can cost. Milliseconds; 1,000. */
  pollMs: number;
  /** The first pause before a row that waits behind an open transaction is looked for again. Milliseconds; 10. */
  pendingMs: number;
  /** The least time between two reads. Milliseconds; 5. */
  readGapMs: number;
  /** The same while nobody listens and only revocations are read for. Milliseconds; 20. */
  idleGapMs: number;
  /** Wake-ups of other processes are gathered for so long. Milliseconds; 5. */
  publishMs: number;
  /** Longest wait for the database in one read; then the next attempt. Milliseconds; 5,000. */
  readDeadlineMs: number;
  /** Rows of a stream read at once. 500. */
  rowsAtOnce: number;
  /** Rows of a stream looked at in one read of a subscription that resumes. 500. */
  catchUpRows: number;
  /** Who has to look at more than this many rows to resume gets `resync`. 20,000. */
  maxCatchUpRows: number;
  /** Events that may wait for one subscription before it is ended. 5,000: more than one read brings. */
  maxQueuedEvents: number;
}

export const hubDefaults: HubSettings = {
  retentionMs: 7 * 24 * 60 * 60 * 1000,
  pollMs: 1_000,
  pendingMs: 10,
  readGapMs: 5,
  idleGapMs: 20,
  publishMs: 5,
  readDeadlineMs: 5_000,
  rowsAtOnce: 500,
  catchUpRows: 500,
  maxCatchUpRows: 20_000,
  maxQueuedEvents: 5_000,
};
