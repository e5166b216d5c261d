import type { ErrorCode } from '@taskmaster/core/errors';
import type { Fixture } from './fixture.ts';

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
  'themselves',
] as const;
export type SubjectName = (typeof subjects)[number];

export type Expected = 'OK' | ErrorCode;

/** Input by the ids of a world; what depends on who asks gets the asker's id too. */
export type Input = (fixture: Fixture, asker: string) => Record<string, unknown>;

/** What is asked of one subject, and what each of the actors hears. */
export interface Rule {
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

export type Rules = Partial<Record<SubjectName, Rule>>;

/** Procedures are on REST and on RPC; the routes that stream bytes, which tRPC would buffer, are on REST alone. */
export type ProcedureKind = 'query' | 'mutation';
export type RouteKind = 'upload' | 'download';

export interface PermissionRow {
  /** The procedure's path, or the route's id: the document's operationId. */
  operation: string;
  kind: ProcedureKind | RouteKind;
  /** An operation that takes no token: everybody may. */
  isPublic?: boolean;
  subjects: Rules;
}
