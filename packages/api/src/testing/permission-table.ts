import { isErrorCode } from '@taskmaster/core/errors';
import type { ErrorCode } from '@taskmaster/core/errors';
import type { Fixture } from './permission-fixture.ts';

/**
 * Who asks. All are users of their own; `member` to `assignee` are in the team of the tasks, `creator` and `assignee` as
 * ordinary members. `ex_member` was in it, made one of its tasks and wrote on another.
 */
export const actors = [
  'anonymous',
  'outsider',
  'ex_member',
  'member',
  'manager',
  'team_owner',
  'creator',
  'assignee',
  'admin',
  'deactivated',
] as const;
export type ActorName = (typeof actors)[number];

/** What is asked about. Which of them an operation has follows from its inputs below. */
export const subjects = [
  'own',
  'archived',
  'personal',
  'left_behind',
  'others',
  'absent',
  'wrong_parent',
  'manager_member',
  'owner_member',
  'himself',
] as const;
export type SubjectName = (typeof subjects)[number];

export type Expected = 'OK' | ErrorCode;

/** Input by the ids of a world; what depends on who asks gets the asker's id too. */
type Input = (fixture: Fixture, asker: string) => Record<string, unknown>;

interface Rule {
  input: Input;
  /** Who may. */
  may: readonly ActorName[];
  /** Who is refused for another reason than their rights. */
  refused?: Partial<Record<ErrorCode, readonly ActorName[]>>;
  /** Who sees it but may not: FORBIDDEN. */
  sees?: readonly ActorName[];
  /** What everybody else hears who has a token. */
  otherwise?: ErrorCode;
}

export interface PermissionRow {
  /** The procedure's path; REST's method and path are in its meta. */
  operation: string;
  kind: 'query' | 'mutation';
  /** An operation that takes no token: everybody may. */
  isPublic?: boolean;
  subjects: Partial<Record<SubjectName, Rule>>;
}

const everybody = ['outsider', 'ex_member', 'member', 'manager', 'team_owner', 'creator', 'assignee', 'admin'] as const;
const inTeam = ['member', 'manager', 'team_owner', 'creator', 'assignee'] as const;
const admin = ['admin'] as const;
const teamAndAdmin = [...inTeam, 'admin'] as const;
const changers = ['creator', 'manager', 'team_owner', 'admin'] as const;
const owners = ['team_owner', 'admin'] as const;
const managers = ['manager', 'team_owner', 'admin'] as const;
const concerned = ['creator', 'assignee', 'admin'] as const;

type TaskState = 'own' | 'archived' | 'personal' | 'left_behind' | 'others' | 'absent';
type More = Record<string, unknown> | Input;

const taskIdOf: Record<TaskState, (fixture: Fixture) => string> = {
  own: ({ task_id }) => task_id,
  archived: ({ archived_task_id }) => archived_task_id,
  personal: ({ personal_task_id }) => personal_task_id,
  left_behind: ({ left_behind_task_id }) => left_behind_task_id,
  others: ({ foreign_task_id }) => foreign_task_id,
  absent: ({ absent_id }) => absent_id,
};

const withMore =
  (ids: Input, more: More): Input =>
  (fixture, asker) => ({ ...ids(fixture, asker), ...(typeof more === 'function' ? more(fixture, asker) : more) });

const onTask = (state: TaskState, more: More = {}): Input =>
  withMore((fixture) => ({ task_id: taskIdOf[state](fixture) }), more);

/** Whoever sees the task may. */
function seers(more: More = {}): PermissionRow['subjects'] {
  const otherwise = 'TASK_NOT_FOUND';
  return {
    own: { input: onTask('own', more), may: teamAndAdmin, otherwise },
    archived: { input: onTask('archived', more), may: teamAndAdmin, otherwise },
    personal: { input: onTask('personal', more), may: concerned, otherwise },
    left_behind: { input: onTask('left_behind', more), may: teamAndAdmin, otherwise },
    others: { input: onTask('others', more), may: admin, otherwise },
    absent: { input: onTask('absent', more), may: [], otherwise },
  };
}

/** Owner, Manager and Admin may; and for what the assignee may change, the assignee. */
function taskChangers(more: More, alsoAssignee = false): PermissionRow['subjects'] {
  const otherwise = 'TASK_NOT_FOUND';
  const assignee = alsoAssignee ? (['assignee'] as const) : [];
  const may = [...changers, ...assignee];
  return {
    own: { input: onTask('own', more), may, sees: teamAndAdmin, otherwise },
    archived: { input: onTask('archived', more), may, sees: teamAndAdmin, otherwise },
    personal: {
      input: onTask('personal', more),
      may: ['creator', 'admin', ...assignee],
      sees: concerned,
      otherwise,
    },
    left_behind: { input: onTask('left_behind', more), may: managers, sees: teamAndAdmin, otherwise },
    others: { input: onTask('others', more), may: admin, otherwise },
    absent: { input: onTask('absent', more), may: [], otherwise },
  };
}

/** A comment or an attachment, made by `member` on the team's task and by `assignee` on the personal one. */
function partChangers(part: 'comment' | 'attachment', more: More = {}): PermissionRow['subjects'] {
  const key = `${part}_id`;
  const absent: ErrorCode = part === 'comment' ? 'COMMENT_NOT_FOUND' : 'ATTACHMENT_NOT_FOUND';
  const otherwise = 'TASK_NOT_FOUND';
  const at = (state: TaskState, id: (fixture: Fixture) => string) =>
    onTask(
      state,
      withMore((fixture) => ({ [key]: id(fixture) }), more),
    );
  return {
    own: {
      input: at('own', (fixture) => fixture[`${part}_id`]),
      may: ['member', 'admin'],
      sees: teamAndAdmin,
      otherwise,
    },
    archived: {
      input: at('archived', (fixture) => fixture[`archived_${part}_id`]),
      may: ['member', 'admin'],
      sees: teamAndAdmin,
      otherwise,
    },
    personal: {
      input: at('personal', (fixture) => fixture[`personal_${part}_id`]),
      may: ['assignee', 'admin'],
      sees: concerned,
      otherwise,
    },
    left_behind: {
      input: at('left_behind', (fixture) => fixture[`left_behind_${part}_id`]),
      may: admin,
      sees: teamAndAdmin,
      otherwise,
    },
    others: { input: at('others', (fixture) => fixture[`foreign_${part}_id`]), may: admin, otherwise },
    absent: {
      input: at('own', ({ absent_id }) => absent_id),
      may: [],
      refused: { [absent]: teamAndAdmin },
      otherwise,
    },
    wrong_parent: {
      input: at('own', (fixture) => fixture[`archived_${part}_id`]),
      may: [],
      refused: { [absent]: teamAndAdmin },
      otherwise,
    },
  };
}

function onTeam(may: readonly ActorName[], more: More = {}): PermissionRow['subjects'] {
  const otherwise = 'TEAM_NOT_FOUND';
  const team = (id: (fixture: Fixture) => string) => withMore((fixture) => ({ team_id: id(fixture) }), more);
  return {
    own: { input: team(({ team_id }) => team_id), may, sees: teamAndAdmin, otherwise },
    others: { input: team(({ foreign_team_id }) => foreign_team_id), may: admin, otherwise },
    absent: { input: team(({ absent_id }) => absent_id), may: [], otherwise },
  };
}

const ofMember = (user: (fixture: Fixture, asker: string) => string, more: More = {}): Input =>
  withMore((fixture, asker) => ({ team_id: fixture.team_id, user_id: user(fixture, asker) }), more);

const forEverybody = (input: Input = () => ({})): PermissionRow['subjects'] => ({ own: { input, may: everybody } });
const forAdmins = (input: Input = () => ({})): PermissionRow['subjects'] => ({
  own: { input, may: admin, otherwise: 'ADMIN_ONLY' },
});

/** A user, by id: there is one, or there is not. */
const onUser = (more: More = {}): PermissionRow['subjects'] => ({
  others: {
    input: withMore(({ bystander_id }) => ({ user_id: bystander_id }), more),
    may: admin,
    otherwise: 'ADMIN_ONLY',
  },
  absent: {
    input: withMore(({ absent_id }) => ({ user_id: absent_id }), more),
    may: [],
    refused: { USER_NOT_FOUND: admin },
    otherwise: 'ADMIN_ONLY',
  },
});

const newName = (asker: string) => `name-${asker}`;
const password = 'correct-horse-battery';

/** Every operation there is: what each of the actors hears about each of the subjects. */
export const permissionTable: readonly PermissionRow[] = [
  {
    operation: 'auth.register',
    kind: 'mutation',
    isPublic: true,
    subjects: forEverybody((_, asker) => ({
      email: `${newName(asker)}@example.com`,
      username: `new-${asker}`,
      password,
    })),
  },
  {
    operation: 'auth.login',
    kind: 'mutation',
    isPublic: true,
    subjects: forEverybody(({ bystander_email }) => ({ email: bystander_email, password })),
  },
  {
    operation: 'auth.refresh',
    kind: 'mutation',
    isPublic: true,
    subjects: {
      absent: {
        input: () => ({ refresh_token: 'nobody has it' }),
        may: [],
        otherwise: 'INVALID_REFRESH_TOKEN',
      },
    },
  },
  {
    operation: 'auth.logout',
    kind: 'mutation',
    isPublic: true,
    subjects: { absent: { input: () => ({ refresh_token: 'nobody has it' }), may: everybody } },
  },
  { operation: 'users.me', kind: 'query', subjects: forEverybody() },
  { operation: 'users.updateMe', kind: 'mutation', subjects: forEverybody(() => ({ full_name: 'another' })) },
  {
    operation: 'users.changePassword',
    kind: 'mutation',
    subjects: forEverybody(() => ({ current_password: password, new_password: 'another-horse-battery' })),
  },
  { operation: 'users.list', kind: 'query', subjects: forAdmins() },
  { operation: 'users.get', kind: 'query', subjects: onUser() },
  { operation: 'users.update', kind: 'mutation', subjects: onUser({ is_active: false }) },
  { operation: 'users.deactivate', kind: 'mutation', subjects: onUser() },
  { operation: 'teams.create', kind: 'mutation', subjects: forEverybody(() => ({ name: 'mine' })) },
  { operation: 'teams.list', kind: 'query', subjects: forEverybody() },
  { operation: 'teams.get', kind: 'query', subjects: onTeam(teamAndAdmin) },
  { operation: 'teams.update', kind: 'mutation', subjects: onTeam(owners, { name: 'renamed' }) },
  { operation: 'teams.delete', kind: 'mutation', subjects: onTeam(owners) },
  {
    operation: 'teams.addMember',
    kind: 'mutation',
    subjects: {
      ...onTeam(managers, ({ bystander_id }) => ({ user_id: bystander_id })),
      manager_member: {
        input: ({ team_id, bystander_id }) => ({ team_id, user_id: bystander_id, role: 'manager' }),
        may: owners,
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
    },
  },
  {
    operation: 'teams.updateMember',
    kind: 'mutation',
    subjects: {
      own: {
        input: ofMember(({ plain_member_id }) => plain_member_id, { role: 'manager' }),
        may: owners,
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      wrong_parent: {
        input: ofMember(({ bystander_id }) => bystander_id, { role: 'manager' }),
        may: [],
        refused: { MEMBER_NOT_FOUND: owners },
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      owner_member: {
        input: ofMember(({ team_owner_id }) => team_owner_id, { role: 'member' }),
        may: [],
        refused: { OWNER_MUST_STAY: owners },
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      others: {
        input: ({ foreign_team_id, stranger_member_id }) => ({
          team_id: foreign_team_id,
          user_id: stranger_member_id,
          role: 'manager',
        }),
        may: admin,
        otherwise: 'TEAM_NOT_FOUND',
      },
    },
  },
  {
    operation: 'teams.removeMember',
    kind: 'mutation',
    subjects: {
      own: {
        input: ofMember(({ plain_member_id }) => plain_member_id),
        may: managers,
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      manager_member: {
        input: ofMember(({ plain_manager_id }) => plain_manager_id),
        may: owners,
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      owner_member: {
        input: ofMember(({ team_owner_id }) => team_owner_id),
        may: [],
        refused: { OWNER_MUST_STAY: owners },
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      wrong_parent: {
        input: ofMember(({ bystander_id }) => bystander_id),
        may: [],
        refused: { MEMBER_NOT_FOUND: managers },
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      himself: {
        input: ofMember((_, asker) => asker),
        may: ['member', 'manager', 'creator', 'assignee'],
        refused: { OWNER_MUST_STAY: ['team_owner'], MEMBER_NOT_FOUND: ['admin'] },
        otherwise: 'TEAM_NOT_FOUND',
      },
      others: {
        input: ({ foreign_team_id, stranger_member_id }) => ({ team_id: foreign_team_id, user_id: stranger_member_id }),
        may: admin,
        otherwise: 'TEAM_NOT_FOUND',
      },
    },
  },
  {
    operation: 'tasks.create',
    kind: 'mutation',
    subjects: {
      personal: { input: () => ({ title: 'mine' }), may: everybody },
      own: {
        input: ({ team_id }) => ({ title: 'ours', team_id }),
        may: teamAndAdmin,
        otherwise: 'VALIDATION_FAILED',
      },
      others: {
        input: ({ foreign_team_id }) => ({ title: 'theirs', team_id: foreign_team_id }),
        may: admin,
        otherwise: 'VALIDATION_FAILED',
      },
      absent: {
        input: ({ absent_id }) => ({ title: 'nobody’s', team_id: absent_id }),
        may: [],
        otherwise: 'VALIDATION_FAILED',
      },
    },
  },
  { operation: 'tasks.list', kind: 'query', subjects: forEverybody() },
  { operation: 'tasks.listByTeam', kind: 'query', subjects: onTeam(teamAndAdmin) },
  { operation: 'tasks.get', kind: 'query', subjects: seers() },
  { operation: 'tasks.update', kind: 'mutation', subjects: taskChangers({ title: 'renamed' }) },
  { operation: 'tasks.patch', kind: 'mutation', subjects: taskChangers({ status: 'in_review' }, true) },
  { operation: 'tasks.archive', kind: 'mutation', subjects: taskChangers({}) },
  { operation: 'tasks.assign', kind: 'mutation', subjects: taskChangers({ assigned_to_id: null }) },
  { operation: 'comments.list', kind: 'query', subjects: seers() },
  { operation: 'comments.create', kind: 'mutation', subjects: seers({ content: 'hello' }) },
  { operation: 'comments.update', kind: 'mutation', subjects: partChangers('comment', { content: 'edited' }) },
  { operation: 'comments.delete', kind: 'mutation', subjects: partChangers('comment') },
  { operation: 'attachments.list', kind: 'query', subjects: seers() },
  { operation: 'attachments.delete', kind: 'mutation', subjects: partChangers('attachment') },
  { operation: 'notifications.list', kind: 'query', subjects: forEverybody() },
  { operation: 'notifications.markAllRead', kind: 'mutation', subjects: forEverybody() },
  {
    operation: 'notifications.markRead',
    kind: 'mutation',
    subjects: {
      own: {
        input: ({ notification_id }) => ({ notification_id }),
        may: ['assignee'],
        otherwise: 'NOTIFICATION_NOT_FOUND',
      },
      left_behind: {
        input: ({ left_behind_notification_id }) => ({ notification_id: left_behind_notification_id }),
        may: [],
        otherwise: 'NOTIFICATION_NOT_FOUND',
      },
      absent: {
        input: ({ absent_id }) => ({ notification_id: absent_id }),
        may: [],
        otherwise: 'NOTIFICATION_NOT_FOUND',
      },
    },
  },
  { operation: 'activity.mine', kind: 'query', subjects: forEverybody() },
  { operation: 'activity.byTask', kind: 'query', subjects: seers() },
  { operation: 'activity.all', kind: 'query', subjects: forAdmins() },
  { operation: 'admin.stats', kind: 'query', subjects: forAdmins() },
  { operation: 'admin.users', kind: 'query', subjects: forAdmins() },
  { operation: 'admin.tasks', kind: 'query', subjects: forAdmins() },
];

export interface Cell {
  operation: string;
  kind: 'query' | 'mutation';
  subject: SubjectName;
  actor: ActorName;
  expected: Expected;
  input: Input;
}

/** The table, cell by cell. */
export function permissionCells(): Cell[] {
  return permissionTable.flatMap(({ operation, kind, isPublic = false, subjects: rules }) =>
    subjects.flatMap((subject) => {
      const rule = rules[subject];
      if (!rule) return [];
      const { input } = rule;
      return actors.map((actor) => ({
        operation,
        kind,
        subject,
        actor,
        expected: expect(rule, actor, isPublic),
        input,
      }));
    }),
  );
}

const errorCodesOf = (refused: NonNullable<Rule['refused']>) => Object.keys(refused).filter(isErrorCode);

function expect({ may, refused = {}, sees = [], otherwise }: Rule, actor: ActorName, isPublic: boolean): Expected {
  if (actor === 'anonymous' || actor === 'deactivated') {
    if (!isPublic) return 'UNAUTHENTICATED';
    return may.length > 0 ? 'OK' : (otherwise ?? 'OK');
  }
  if (may.includes(actor)) return 'OK';
  const refusal = errorCodesOf(refused).find((code) => refused[code]?.includes(actor));
  if (refusal) return refusal;
  if (sees.includes(actor)) return 'FORBIDDEN';
  return otherwise ?? 'FORBIDDEN';
}
