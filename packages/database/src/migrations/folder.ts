import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from './migration-error.ts';

/** A migration of this code, as drizzle-kit wrote it. */
export interface Migration {
  /** `0001_invariants` */
  name: string;
  /** Epoch milliseconds of its making: the key in Drizzle's table. */
  when: number;
  /** sha256 of the file, in hex, as Drizzle computes it. */
  hash: string;
  statements: string[];
}

/** The migrations of a folder in the order of its journal (`meta/_journal.json`). */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const journal = parseJournal(await read(join(folder, 'meta', '_journal.json')));
  return Promise.all(
    journal.map(async ({ tag, when }) => {
      const text = await read(join(folder, `${tag}.sql`));
      return { name: tag, when, hash: createHash('sha256').update(text).digest('hex'), statements: split(text) };
    }),
  );
}

/** The hand-written way back, `NNNN_name.down.sql`. */
export async function readDownStatements(folder: string, name: string): Promise<string[]> {
  try {
    return split(await readFile(join(folder, `${name}.down.sql`), 'utf8'));
  } catch (error) {
    throw new MigrationError('DOWN_MISSING', `${name} cannot be undone: ${name}.down.sql is missing`, { cause: error });
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new MigrationError('FOLDER_INVALID', `the migration file ${path} cannot be read`, { cause: error });
  }
}

/** A part of nothing but comments is kept: PostgreSQL takes it as an empty query. */
const split = (text: string): string[] =>
  text.split('--> statement-breakpoint').filter((statement) => statement.trim() !== '');

function parseJournal(text: string): { tag: string; when: number }[] {
  try {
    const journal: unknown = JSON.parse(text);
    return list(journal, 'entries').map((entry: unknown) => {
      const tag: unknown = Reflect.get(Object(entry), 'tag');
      const when: unknown = Reflect.get(Object(entry), 'when');
      if (typeof tag !== 'string' || typeof when !== 'number') throw new TypeError('an entry lacks its tag or time');
      return { tag, when };
    });
  } catch (error) {
    throw new MigrationError('FOLDER_INVALID', 'the migration journal cannot be parsed', { cause: error });
  }
}

function list(value: unknown, key: string): unknown[] {
  const found: unknown = Reflect.get(Object(value), key);
  if (!Array.isArray(found)) throw new TypeError(`${key} is not a list`);
  return found;
}
