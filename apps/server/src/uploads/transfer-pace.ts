/** How slowly the bytes of a file may come, or be taken. */
export interface TransferPace {
  /** A transfer of which no byte moves for so long is cut off. */
  stallTimeoutMs: number;
  /** On the average since its beginning, for which it has `stallTimeoutMs` more. */
  minBytesPerSecond: number;
}

const longestTimerMs = 2 ** 31 - 1;

/** The longest that a transfer of so many bytes may take. */
export const longestTransferMs = ({ stallTimeoutMs, minBytesPerSecond }: TransferPace, sizeBytes: number): number =>
  Math.min(Math.ceil(stallTimeoutMs + (sizeBytes / minBytesPerSecond) * 1000), longestTimerMs);
