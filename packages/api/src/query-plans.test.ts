import { pageLimits } from '@taskmaster/core/contracts';
import * as tables from '@taskmaster/core/tables';
import { createTestDatabase } from '@taskmaster/testing';
import type { TestDatabase } from '@taskmaster/testing';
import { drizzle } from 'drizzle-orm/postgres-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from './testing/people.ts';
import { createPeople } from './testing/people.ts';
import { createTestDeps } from './testing/test-deps.ts';
import { fillLikeProduction, idOfUser, teamOf } from './testing/production-data.ts';
import type { PlanSummary } from './testing/plan.ts';
import { explain } from './testing/plan.ts';

interface Statement {
  query: string;
  params: unknown[];
}

const sent: Statement[] = [];
let database: TestDatabase;
let api: { user: Caller; admin: Caller };

beforeAll(async () => {
  database = await createTestDatabase();
  await fillLikeProduction(database.owner);
  const logger = { logQuery: (query: string, params: unknown[]) => void sent.push({ query, params }) };
  const people = createPeople(createTestDeps(drizzle(database.sql, { schema: tables, logger })));
  const login = (user: number) => people.inSession({ sub: idOfUser(user), sid: idOfUser(user) });
  api = { user: login(7), admin: login(1) };
}, 60_000);
afterAll(async () => database[Symbol.asyncDispose]());

/** The plans of the statements that a call sends, the one that finds the actor left out. */
async function plansOf(call: () => Promise<unknown>): Promise<PlanSummary[]> {
  sent.length = 0;
  await call();
  const plans: PlanSummary[] = [];
  for (const { query, params } of sent.slice(1)) plans.push(await explain(database.sql, query, params));
  return plans;
}

/** What may be read from end to end: nothing else stays small. */
const small = new Set(['teams', 'users', 'team_members']);

const user = () => api.user;
const sphere = ['tasks_team_idx', 'tasks_personal_creator_idx', 'tasks_personal_assignee_idx'];

interface Reading {
  call: () => Promise<unknown>;
  /** Indexes that have to serve it. */
  by: string[];
  /** Pages of 8 KiB, rows and total together, as measured on PostgreSQL 18. Twice as many fail. */
  pages: number;
}

const readings: Record<string, Reading> = {
  'the default list': { call: () => user().tasks.list({}), by: sphere, pages: 311 },
  'a filtered list': {
    call: () => user().tasks.list({ status: ['todo', 'in_progress'], priority: ['urgent'] }),
    by: sphere,
    pages: 246,
  },
  'a list by assignee': {
    call: () => user().tasks.list({ assigned_to_id: idOfUser(7) }),
    by: ['tasks_team_assignee_idx', 'tasks_personal_assignee_idx'],
    pages: 139,
  },
  // Tags are in no index behind the order: the rows of the sphere are looked at, 3.6 % of all.
  'a list by tag': { call: () => user().tasks.list({ tag: 'backend' }), by: sphere, pages: 3_263 },
  'a list by due date': {
    call: () => user().tasks.list({ due_date_from: '2026-03-01T00:00:00Z', sort: 'due_date' }),
    by: sphere,
    pages: 416,
  },
  'a list of one team': {
    call: () => user().tasks.list({ team_id: teamOf(7) }),
    by: ['tasks_team_idx'],
    pages: 197,
  },
  'what is archived': { call: () => user().tasks.list({ is_archived: true }), by: sphere, pages: 157 },
  'a deep page': { call: () => user().tasks.list({ page: 100, size: 20 }), by: sphere, pages: 482 },
  'a page beyond the end': { call: () => user().tasks.list({ page: 100_000, size: 100 }), by: sphere, pages: 404 },
  // The titles are in no index either.
  'by title': { call: () => user().tasks.list({ sort: 'title' }), by: sphere, pages: 3_729 },
  "a team's tasks": { call: () => user().tasks.listByTeam({ team_id: teamOf(7) }), by: ['tasks_team_idx'], pages: 133 },
  'a search for one word': {
    call: () => user().tasks.list({ search: 'billing' }),
    by: ['tasks_search_idx'],
    pages: 617,
  },
  'a search for the beginnings of words': {
    call: () => user().tasks.list({ search: 'bill ser' }),
    by: ['tasks_search_idx'],
    pages: 344,
  },
  'a search for what is nowhere': {
    call: () => user().tasks.list({ search: 'xylophone' }),
    by: ['tasks_search_idx'],
    pages: 8,
  },
  "the admin's list": { call: () => api.admin.admin.tasks({}), by: ['tasks_created_at_idx'], pages: 447 },
  "the admin's deep page": {
    call: () => api.admin.admin.tasks({ page: 400, size: 20 }),
    by: ['tasks_created_at_idx'],
    pages: 517,
  },
  'my notifications': {
    call: () => user().notifications.list({}),
    by: ['notifications_user_idx', 'tasks_pkey'],
    pages: 612,
  },
  'my activity': { call: () => user().activity.mine({}), by: ['activity_logs_actor_idx'], pages: 1_049 },
  'all activity': { call: () => api.admin.activity.all({}), by: ['activity_logs_created_at_idx'], pages: 250 },
  'my teams': { call: () => user().teams.list({}), by: ['team_members_user_idx'], pages: 8 },
};

test('a user sees about as many tasks as in production', async () => {
  const { total } = await user().tasks.list({});
  expect(total).toBeGreaterThan(2_500);
  expect(total).toBeLessThan(4_500);
});

describe('on 100,000 tasks', () => {
  test.each(Object.entries(readings))('%s reads by indexes, and no more than it has to', async (_, reading) => {
    const plans = await plansOf(reading.call);
    expect(plans.length).toBeGreaterThan(1);
    const scans = plans.flatMap(({ seqScans }) => seqScans).filter(({ table }) => !small.has(table));
    // A total of everything counts rows in the order of the heap, and stops at its bound.
    expect(scans.filter(({ rows }) => rows > pageLimits.exactTotal + 1)).toEqual([]);
    expect(plans.flatMap(({ indexes }) => indexes)).toEqual(expect.arrayContaining(reading.by));
    expect(plans.reduce((sum, { pages }) => sum + pages, 0)).toBeLessThan(2 * reading.pages);
  });
});
