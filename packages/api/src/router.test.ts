import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errorCodes, isErrorCode } from '@taskmaster/core/errors';
import { findRouterProblems, listProcedures } from '@taskmaster/rest';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { appRouter } from './router.ts';

const procedures = listProcedures(appRouter);

test('no operation lacks a strict input, an output and its place on REST; a subscription has no output to declare', () => {
  const subscriptions = procedures.flatMap(({ path, type }) => (type === 'subscription' ? [path] : []));
  expect(subscriptions).toEqual(['tasks.onChange', 'notifications.onCreate']);
  const problems = findRouterProblems(appRouter).map(({ path, rule }) => `${path}: ${rule}`);
  expect(problems).toEqual(subscriptions.map((path) => `${path}: output`));
});

test.each(procedures)('$path refuses a key that it does not know', ({ inputs }) => {
  const heard = inputs.map((input) => {
    const { error } = z.instanceof(z.ZodType).parse(input).safeParse({ nonsense: 1 });
    return error?.issues.some((issue) => issue.code === 'unrecognized_keys' && issue.keys.includes('nonsense'));
  });
  expect(heard).toEqual([true]);
});

test('the paths and methods of the contract, and no other', () => {
  const operations = procedures.flatMap(({ meta }) =>
    meta.openapi ? [`${meta.openapi.method} ${meta.openapi.path}`] : [],
  );
  expect(operations.toSorted()).toEqual([
    'DELETE /auth/sessions/{session_id}',
    'DELETE /tasks/{task_id}',
    'DELETE /tasks/{task_id}/attachments/{attachment_id}',
    'DELETE /tasks/{task_id}/comments/{comment_id}',
    'DELETE /teams/{team_id}',
    'DELETE /teams/{team_id}/members/{user_id}',
    'DELETE /users/{user_id}',
    'GET /activity',
    'GET /activity/admin',
    'GET /activity/task/{task_id}',
    'GET /admin/stats',
    'GET /admin/tasks',
    'GET /admin/users',
    'GET /auth/sessions',
    'GET /notifications',
    'GET /tasks',
    'GET /tasks/team/{team_id}',
    'GET /tasks/{task_id}',
    'GET /tasks/{task_id}/attachments',
    'GET /tasks/{task_id}/comments',
    'GET /teams',
    'GET /teams/{team_id}',
    'GET /users',
    'GET /users/me',
    'GET /users/{user_id}',
    'PATCH /tasks/{task_id}',
    'PATCH /teams/{team_id}/members/{user_id}',
    'PATCH /users/{user_id}',
    'POST /auth/login',
    'POST /auth/logout',
    'POST /auth/logout-all',
    'POST /auth/refresh',
    'POST /auth/register',
    'POST /tasks',
    'POST /tasks/{task_id}/assign',
    'POST /tasks/{task_id}/comments',
    'POST /teams',
    'POST /teams/{team_id}/members',
    'PUT /notifications/read-all',
    'PUT /notifications/{notification_id}/read',
    'PUT /tasks/{task_id}',
    'PUT /tasks/{task_id}/comments/{comment_id}',
    'PUT /teams/{team_id}',
    'PUT /users/me',
    'PUT /users/me/password',
  ]);
});

test('only register, login, refresh and logout work without a token, in the document too', () => {
  const open = procedures.flatMap(({ path, meta }) => (meta.openapi?.protect === false ? [path] : []));
  expect(open).toEqual(['auth.register', 'auth.login', 'auth.refresh', 'auth.logout']);
});

test('every code is thrown somewhere', async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const sources: string[] = [];
  for await (const path of glob('{packages,apps}/*/src/**/*.ts', { cwd: root })) {
    if (/\.test\.ts$|errors\.model\.ts$|\/testing\/|examples/.test(path)) continue;
    sources.push(await readFile(`${root}/${path}`, 'utf8'));
  }
  const text = sources.join('\n');
  const unused = Object.keys(errorCodes)
    .filter(isErrorCode)
    .filter((code) => !text.includes(`'${code}'`));
  expect(unused).toEqual([]);
});
