import type { NotificationEvent, TaskEvent } from '@taskmaster/core/contracts';
import { createTransfers } from './attachments/attachments.ts';
import type { Transfers } from './attachments/attachments.ts';
import { createAuth, refreshBy } from './auth.ts';
import type { Auth } from './auth.ts';
import type { Calls } from './calls.ts';
import { createCalls } from './create-calls.ts';
import { createSessions } from './sessions.ts';
import type { Sessions } from './sessions.ts';
import { TaskmasterError } from './errors/taskmaster-error.ts';
import { createRpc } from './http/rpc.ts';
import type { TaskmasterClientOptions } from './options.ts';
import type { ConnectionState } from './realtime/connection-state.ts';
import type { ObservableValue } from './realtime/observable-value.ts';
import { createRealtime } from './realtime/realtime.ts';
import { createWatcher } from './realtime/watcher.ts';
import type { WatchOptions } from './realtime/watcher.ts';
import type { Watch } from './realtime/watch.ts';
import { createSession } from './session/session.ts';
import type { SessionEnd } from './session/session.ts';
import { memoryStorage } from './session/storage.ts';

/** An event with its id: what `lastEventId` takes to go on after it. Empty with a `resync` where nothing came before. */
export type Identified<Event> = Event & { id: string };

/** What a loop is given: `live` moves the position and the state, and is nothing to act on. */
type Told<Event> = Identified<Exclude<Event, { type: 'live' }>>;

export interface TaskmasterClient {
  auth: Auth;
  sessions: Sessions;
  users: Calls<'users'>;
  teams: Calls<'teams'>;
  tasks: Calls<'tasks'> & {
    /** Every change to a task that I may see, or to those of one team. `resync`: read the lists again, then go on. */
    watch: (options?: WatchOptions & { team_id?: string }) => Watch<Told<TaskEvent>>;
  };
  comments: Calls<'comments'>;
  attachments: Calls<'attachments'> & Transfers;
  notifications: Calls<'notifications'> & {
    /** Every notification of mine as it is made. `resync`: read the list again, then go on. */
    watch: (options?: WatchOptions) => Watch<Told<NotificationEvent>>;
  };
  activity: Calls<'activity'>;
  admin: Calls<'admin'>;
  /** Of the socket behind all watches. */
  state: ObservableValue<ConnectionState>;
  /** Ends all watches, and with them the socket. Nothing else is held open. */
  close: () => void;
}

/** A client of a TaskMaster Pro server, for browsers and Node. It connects when it is first used. */
export function createTaskmasterClient(options: TaskmasterClientOptions): TaskmasterClient {
  const { storage = memoryStorage(), fetch = globalThis.fetch.bind(globalThis), tokens } = options;
  const url = String(options.url).replace(/\/+$/, '');
  const rpc = createRpc(`${url}/trpc`, fetch);

  const onEnd = (reason: SessionEnd) => {
    // Whoever logged out knows; for everybody else the loop throws.
    realtime.endAll(reason === 'logged_out' ? undefined : sessionEnded());
    options.onSessionEnd?.(reason);
  };
  const session = createSession({ storage, refresh: refreshBy(rpc), onEnd });
  const ready = tokens && session.start(tokens);
  // Whoever uses the session is told.
  ready?.catch(() => {});

  const { WebSocket, backoff } = options;
  const realtime = createRealtime({ url: `${url.replace(/^http/, 'ws')}/trpc`, session, WebSocket, backoff });
  const watch = createWatcher(realtime);
  const calls = { rpc, session };
  const endWatches = () => realtime.endAll();

  return {
    auth: createAuth({ ...calls, onChange: endWatches }),
    sessions: createSessions({ ...calls, endWatches }),
    users: createCalls('users', calls),
    teams: createCalls('teams', calls),
    tasks: {
      ...createCalls('tasks', calls),
      watch: ({ team_id, ...rest } = {}) => watch('tasks.onChange', team_id === undefined ? {} : { team_id }, rest),
    },
    comments: createCalls('comments', calls),
    attachments: { ...createCalls('attachments', calls), ...createTransfers({ url: `${url}/api/v1`, fetch, session }) },
    notifications: {
      ...createCalls('notifications', calls),
      watch: (rest = {}) => watch('notifications.onCreate', {}, rest),
    },
    activity: createCalls('activity', calls),
    admin: createCalls('admin', calls),
    state: realtime.state,
    close: endWatches,
  };
}

const sessionEnded = () => new TaskmasterError('UNAUTHENTICATED', 'The session has ended', { status: 401 });
