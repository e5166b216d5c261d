import { setTimeout as sleep } from 'node:timers/promises';
import type { ReservedSql, Sql } from 'postgres';
import { openClient } from '../client.ts';
import { databaseErrorCode } from '../errors.ts';
import { appRole } from '../roles/app-role.ts';

/** A server owns the data and is alone; a guest (the command line) works beside it. */
export type Role = 'server' | 'guest';

// Advisory locks of the maintenance database: they go with the session, and so with the process, however it ends.
const SERVER_LOCK = '1952543595, 1';
/** Shared by whoever uses PostgreSQL; exclusive for the one that is about to stop it. */
const USE_LOCK = '1952543595, 2';

/** Sessions like this one are left out: they hold the lock, or are about to ask for it and will wait. */
const OTHERS_ARE_CONNECTED = `EXISTS (
  SELECT FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND application_name NOT IN ('taskmaster server', 'taskmaster guest')
)`;

/** After `kill -9` the predecessor's session ends a moment later than its process. */
const PREDECESSOR_PATIENCE_MS = 1_500;

/** A connection that its owner has closed is listed a moment longer. */
const LEAVING_PATIENCE_MS = 1_000;

export interface Session {
  /** Gives up this use; true when nobody else is left, and then nobody can come before PostgreSQL is down. */
  isLastUser: () => Promise<boolean>;
  close: () => Promise<void>;
}

/**
 * Registers this process with a running PostgreSQL, and makes sure that the database and the app's login exist. `stopping`: somebody is
 * stopping it; `taken`: another server holds the data. Rejects with the driver's error when it cannot connect.
 * `onLost` is called when the session ends by itself.
 */
export async function openSession(
  maintenanceUrl: string,
  { database, appPassword }: { database: string; appPassword: string },
  role: Role,
  onLost: () => void,
): Promise<Session | 'stopping' | 'taken'> {
  let isOpen = false;
  const client = openClient(maintenanceUrl, {
    max: 1,
    connect_timeout: 5,
    max_lifetime: null,
    fetch_types: false,
    connection: { application_name: `taskmaster ${role}`, idle_session_timeout: 0 },
    onclose: () => {
      if (isOpen) onLost();
      isOpen = false;
    },
  });
  const close = async (): Promise<void> => {
    isOpen = false;
    await client.end({ timeout: 1 });
  };
  try {
    const sql = await client.reserve();
    const refusal = await register(sql, role);
    if (refusal !== undefined) {
      await close();
      return refusal;
    }
    await ensureDatabase(sql, database);
    await ensureAppLogin(sql, appPassword);
    isOpen = true;
    return { close, isLastUser: async () => isLastUser(sql) };
  } catch (error) {
    await closeQuietly(client);
    throw error;
  }
}

async function register(sql: ReservedSql, role: Role): Promise<'stopping' | 'taken' | undefined> {
  if (!(await holds(sql, `pg_try_advisory_lock_shared(${USE_LOCK})`))) return 'stopping';
  if (role === 'guest') return undefined;
  const until = performance.now() + PREDECESSOR_PATIENCE_MS;
  while (!(await holds(sql, `pg_try_advisory_lock(${SERVER_LOCK})`))) {
    if (performance.now() > until) return 'taken';
    await sleep(50);
  }
  return undefined;
}

/**
 * Not every user holds the lock: a server that was given the address as its DATABASE_URL, psql, a server whose session
 * has been lost and is on its way back. Whoever is connected uses it.
 */
async function isLastUser(sql: ReservedSql): Promise<boolean> {
  await holds(sql, `pg_advisory_unlock_shared(${USE_LOCK})`);
  if (!(await holds(sql, `pg_try_advisory_lock(${USE_LOCK})`))) return false;
  const until = performance.now() + LEAVING_PATIENCE_MS;
  while (await holds(sql, OTHERS_ARE_CONNECTED)) {
    if (performance.now() > until) return false;
    await sleep(20);
  }
  return true;
}

async function holds(sql: ReservedSql, expression: string): Promise<boolean> {
  const [row] = await sql.unsafe<{ held: boolean }[]>(`SELECT ${expression} AS held`);
  return row?.held === true;
}

async function ensureDatabase(sql: ReservedSql, database: string): Promise<void> {
  const [row] = await sql<{ found: boolean }[]>`
    SELECT EXISTS (SELECT FROM pg_database WHERE datname = ${database}) AS found
  `;
  if (row?.found === true) return;
  await unlessMadeMeanwhile(sql.unsafe(`CREATE DATABASE ${database}`));
}

/** The application logs in as its own role here: unlike a role that is taken on, it cannot be put off. */
async function ensureAppLogin(sql: ReservedSql, password: string): Promise<void> {
  const [row] = await sql<{ can_login: boolean }[]>`
    SELECT rolcanlogin AS can_login FROM pg_roles WHERE rolname = ${appRole}
  `;
  if (row?.can_login === true) return;
  const verb = row === undefined ? 'CREATE' : 'ALTER';
  await unlessMadeMeanwhile(sql.unsafe(`${verb} ROLE ${appRole} LOGIN PASSWORD '${password}'`));
}

/** 42P04, 42710, 23505: a guest that came at the same moment was faster. */
async function unlessMadeMeanwhile(statement: Promise<unknown>): Promise<void> {
  try {
    await statement;
  } catch (error) {
    const code = databaseErrorCode(error);
    if (code === undefined || !['42P04', '42710', '23505'].includes(code)) throw error;
  }
}

const closeQuietly = async (client: Sql): Promise<void> => client.end({ timeout: 0 }).catch(() => undefined);
