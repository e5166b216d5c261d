import type { AppRouter } from '@taskmaster/api/router';

type Routers = AppRouter['_def']['record'];

/**
 * Queries travel by GET, mutations by POST, and types are gone when the program runs: so each procedure is named here,
 * and one that is not, or wrongly, does not compile.
 */
type ProcedureKinds = {
  [Feature in keyof Routers]: {
    [Name in keyof Routers[Feature]]: Routers[Feature][Name] extends { _def: { type: infer Kind } } ? Kind : never;
  };
};

export const procedures = {
  auth: { register: 'mutation', login: 'mutation', refresh: 'mutation', logout: 'mutation' },
  sessions: { list: 'query', end: 'mutation', endAll: 'mutation' },
  users: {
    me: 'query',
    updateMe: 'mutation',
    changePassword: 'mutation',
    list: 'query',
    get: 'query',
    update: 'mutation',
    deactivate: 'mutation',
  },
  teams: {
    create: 'mutation',
    list: 'query',
    get: 'query',
    update: 'mutation',
    delete: 'mutation',
    addMember: 'mutation',
    updateMember: 'mutation',
    removeMember: 'mutation',
  },
  tasks: {
    create: 'mutation',
    list: 'query',
    listByTeam: 'query',
    get: 'query',
    update: 'mutation',
    patch: 'mutation',
    archive: 'mutation',
    assign: 'mutation',
    onChange: 'subscription',
  },
  comments: { list: 'query', create: 'mutation', update: 'mutation', delete: 'mutation' },
  attachments: { list: 'query', delete: 'mutation' },
  notifications: { list: 'query', markAllRead: 'mutation', markRead: 'mutation', onCreate: 'subscription' },
  activity: { mine: 'query', byTask: 'query', all: 'query' },
  admin: { stats: 'query', users: 'query', tasks: 'query' },
} as const satisfies ProcedureKinds;

export type Procedures = typeof procedures;
export type Feature = keyof Procedures;
