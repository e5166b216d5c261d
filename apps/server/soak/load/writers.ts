import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../system/system.ts';
import { writeByApi } from './write-by-api.ts';
import { writeBySql } from './write-by-sql.ts';
import { writeSession } from './write-sessions.ts';
import { createJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import type { Person } from '../system/people.ts';
import type { SoakTeam } from '../system/teams.ts';

export interface WriterOptions {
  writers: readonly Person[];
  teams: readonly SoakTeam[];
  /** Of all writers together. */
  perSecond: number;
  /** Every second writer writes in PostgreSQL itself, in transactions that stay open for a random while. */
  hasOpenTransactions?: boolean;
  /** Somebody who logs in, refreshes and logs out beside them. */
  login?: string;
}

export interface Writers {
  journal: Journal;
  /** Resolves when the last write has ended. */
  stop: () => Promise<void>;
}

/** A load of writes that goes on whatever happens to the system, and keeps a journal of what it was told is done. */
export function startWriters(system: System, options: WriterOptions): Writers {
  const { writers, teams, perSecond, hasOpenTransactions = true, login } = options;
  const journal = createJournal();
  const stopping = new AbortController();
  const meanPauseMs = (writers.length / perSecond) * 1000;

  async function work(writer: Person, index: number): Promise<void> {
    const place = { system, journal, writer, teams, tasks: [] };
    const isSql = hasOpenTransactions && index % 2 === 1;
    await repeat(() => (isSql ? writeBySql(place) : writeByApi(place)));
  }

  async function repeat(write: () => Promise<boolean>): Promise<void> {
    let dueAt = performance.now();
    while (!stopping.signal.aborted) {
      // By the clock, whatever a write takes; after a fault nobody makes up for more than a second.
      dueAt = Math.max(dueAt + meanPauseMs * 2 * Math.random(), performance.now() - 1_000);
      const pauseMs = Math.max(0, dueAt - performance.now());
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      try {
        if (await write()) journal.acknowledged++;
        else journal.unknown++;
      } catch {
        // No answer: whether it was done is not known, and either is right.
        journal.unknown++;
      }
    }
  }

  const working = Promise.all([
    ...writers.map(work),
    ...(login === undefined ? [] : [repeat(() => writeSession(system, journal, login))]),
  ]);
  return {
    journal,
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
