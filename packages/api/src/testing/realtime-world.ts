import { sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Notification, Task, TeamRole } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { activityLogs, users } from '@taskmaster/core/tables';
import type { Transaction } from '@taskmaster/database';
import { createTestDatabase, until } from '@taskmaster/testing';
import { uuidv7 } from 'uuidv7';
import { createServices } from '../create-services.ts';
import type { ActorContext } from '../shared/context.ts';
import type { Bus } from '../realtime/bus/bus.ts';
import { createMemoryChannel } from '../realtime/bus/memory-bus.ts';
import type { Hub, HubOptions } from '../realtime/hub.ts';
import { createHub } from '../realtime/hub.ts';
import { createTestDeps } from './test-deps.ts';

/** A database, a hub on it and the services that write to it. `settings` are of the hub. */
export async function createWorld(settings: Partial<HubOptions> = {}) {
  const database = await createTestDatabase();
  const { db, sql } = database;
  const channel = createMemoryChannel();
  const createHubOn = (bus: Bus = channel.connect(), more: Partial<HubOptions> = {}): Hub =>
    createHub({ db, sql, bus, ...settings, ...more });
  /** A process of its own: it reads when it is woken, and nobody else wakes it. */
  const createQuietHub = (more: Partial<HubOptions> = {}): Hub =>
    createHubOn(createMemoryChannel().connect(), { pollMs: 60_000, ...more });
  /** The same, that has read all that there is, and will not look again by itself. */
  async function startQuietHub(more: Partial<HubOptions> = {}): Promise<Hub> {
    await untilReadable({ db });
    const quiet = createQuietHub(more);
    await quiet.start();
    // The second read is for what came before it listened.
    await until(() => quiet.stats().reads >= 2, 'the hub to be quiet');
    return quiet;
  }
  const hub = createHubOn();
  await hub.start();
  const services = createServices(createTestDeps(db, { hub }));

  async function createUser(role: Actor['role'] = 'user'): Promise<ActorContext> {
    const id = uuidv7();
    const name = `user-${id}`;
    await db.insert(users).values({ id, email: `${name}@example.com`, username: name, password_hash: 'none', role });
    return contextOf({ id, role, session_id: uuidv7() });
  }

  async function createTeam(owner: ActorContext, ...members: ActorContext[]): Promise<string> {
    const { id } = await services.teams.create(owner, { name: 'team' });
    for (const member of members) await addMember(owner, id, member);
    return id;
  }

  const addMember = (owner: ActorContext, team_id: string, member: ActorContext, role: TeamRole = 'member') =>
    services.teams.addMember(owner, { team_id, user_id: member.actor.id, role });

  const createTask = (ctx: ActorContext, input: { team_id?: string; assigned_to_id?: string; title?: string } = {}) =>
    services.tasks.create(ctx, { title: 'a task', status: 'todo', priority: 'medium', tags: [], ...input });

  return {
    ...database,
    db,
    sql,
    hub,
    services,
    channel,
    createHubOn,
    createQuietHub,
    startQuietHub,
    createUser,
    createTeam,
    createTask,
    addMember,
    async [Symbol.asyncDispose]() {
      await hub.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

const contextOf = (actor: Actor): ActorContext => ({
  actor,
  request_id: 'test',
  ip_address: null,
  user_agent: null,
});

type WatchedEvent =
  | { type: 'resync' | 'live' }
  | { type: 'notification'; data: Notification }
  | { type: 'task'; action: string; task_id: string; team_id: string | null; task: Task | null };

/** Reads a subscription in the background. */
export function collect<Event extends WatchedEvent>(
  start: (signal: AbortSignal) => AsyncGenerator<readonly [string, Event], void, undefined>,
) {
  const abort = new AbortController();
  const items: { id: string; event: Event }[] = [];
  const positions: string[] = [];
  const reading = (async () => {
    for await (const [id, event] of start(abort.signal)) {
      if (event.type === 'live') positions.push(id);
      else items.push({ id, event });
    }
  })();
  const failure = reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    items,
    /** The id of each `live`: where the subscription stood when everything before was told. */
    positions,
    /** What ended it: undefined where it ended by itself or by `stop`. */
    failure,
    async stop() {
      abort.abort();
      await failure;
    },
  };
}

/** What a subscription was told, in short: whose id it is, or what else. */
export const told = ({ items }: Pick<ReturnType<typeof collect>, 'items'>): string[] =>
  items.map(({ event }) => {
    if (event.type === 'task') return event.task_id;
    return event.type === 'notification' ? event.data.id : event.type;
  });

/** Enough to be a transaction that the log waits for. */
const takeXid = (tx: Transaction): Promise<unknown> => tx.execute(sql`select pg_current_xact_id()`);

/** A transaction that has done this much, and stays open until `release`. */
export async function holdOpen({ db }: Pick<World, 'db'>, work = takeXid) {
  const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
  const { promise: isEnough, resolve: finish } = Promise.withResolvers<void>();
  const holding = db.transaction(async (tx) => {
    await work(tx);
    hold();
    await isEnough;
  });
  await Promise.race([isHeld, holding]);
  return {
    async release() {
      finish();
      await holding;
    },
  };
}

/** Until every row of the log may be read: a write in another database of the same PostgreSQL holds them back. */
export async function untilReadable({ db }: Pick<World, 'db'>): Promise<void> {
  const held = sql`${activityLogs.xid} >= pg_snapshot_xmin(pg_current_snapshot())`;
  const deadline = performance.now() + 20_000;
  while ((await db.$count(activityLogs, held)) > 0) {
    if (performance.now() > deadline) throw new Error('the log is held back');
    await sleep(20);
  }
}
