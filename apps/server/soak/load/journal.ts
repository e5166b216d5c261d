import type { TokenPair } from '@taskmaster/core/contracts';

/** What was answered with success, and so must be there whatever happens afterwards. */
export interface Journal {
  /** Tasks with the least version that each must have. */
  tasks: Map<string, number>;
  comments: Set<string>;
  attachments: Set<string>;
  /** Sessions that were started, with whatever tokens they were given. */
  sessions: Map<string, TokenPair>;
  /** Those that were ended: none of their tokens may work again. */
  ended: TokenPair[];
  acknowledged: number;
  /** Requests that ended without success: of these nobody knows. */
  unknown: number;
}

export const createJournal = (): Journal => ({
  tasks: new Map(),
  comments: new Set(),
  attachments: new Set(),
  sessions: new Map(),
  ended: [],
  acknowledged: 0,
  unknown: 0,
});

export function keepTask(journal: Journal, { id, version }: { id: string; version: number }): void {
  journal.tasks.set(id, Math.max(version, journal.tasks.get(id) ?? 0));
}
