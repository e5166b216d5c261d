import { lazy } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestMethod } from './operation.ts';
import { serve, t } from './testing/test-surface.ts';

/** Answers with its own name and the input it got. */
function echo(name: string, method: RestMethod, path: `/${string}`, shape: z.core.$ZodShape = {}) {
  return t.procedure
    .meta({ openapi: { method, path } })
    .input(z.strictObject(shape))
    .output(z.object({ name: z.string(), input: z.unknown() }))
    .query(({ input }) => ({ name, input }));
}

const id = { user_id: z.string() };
const router = t.router({
  root: echo('root', 'GET', '/'),
  get: echo('get', 'GET', '/users/{user_id}', id),
  remove: echo('remove', 'DELETE', '/users/{user_id}', id),
  me: echo('me', 'GET', '/users/me'),
  password: echo('password', 'PUT', '/users/me/password'),
  posts: echo('posts', 'GET', '/users/{user_id}/posts', id),
  list: echo('list', 'GET', '/users/'),
  deep: echo('deep', 'GET', '/users/me/{a}/z', { a: z.string() }),
  back: echo('back', 'GET', '/users/{user_id}/c/d', id),
});

describe('routing', () => {
  it.each([
    ['GET', '/api/users/me', { name: 'me', input: {} }],
    ['GET', '/api/users/me/c/d', { name: 'back', input: { user_id: 'me' } }],
    ['GET', '/api/users/7', { name: 'get', input: { user_id: '7' } }],
    ['DELETE', '/api/users/me', { name: 'remove', input: { user_id: 'me' } }],
    ['PUT', '/api/users/me/password', { name: 'password', input: {} }],
    ['GET', '/api/users/me/posts', { name: 'posts', input: { user_id: 'me' } }],
    ['GET', '/api/users', { name: 'list', input: {} }],
    ['GET', '/api/users/', { name: 'list', input: {} }],
    ['GET', '/api/users/me/', { name: 'me', input: {} }],
    ['GET', '/api/users/?', { name: 'list', input: {} }],
    ['GET', '/api', { name: 'root', input: {} }],
    ['GET', '/api/', { name: 'root', input: {} }],
    ['GET', '/api/users/a%2Fb%20%C3%A9+', { name: 'get', input: { user_id: 'a/b é+' } }],
    ['GET', '/api/users/%6De', { name: 'me', input: {} }],
    ['GET', 'http://elsewhere.test/api/users/7', { name: 'get', input: { user_id: '7' } }],
  ])('%s %s', async (method, path, expected) => {
    await using server = await serve(router);
    const { status, json } = await server.call(method, path);
    expect([status, json]).toEqual([200, expected]);
  });

  it.each([
    '/',
    '/users',
    '/apiusers',
    '/apixusers',
    '/api/nothing',
    '/api/Users',
    '/api/users//',
    '/api//users',
    '/api/users//posts',
    '/api/users/7/posts/1',
    '/api/users/__proto__/constructor',
    'http://elsewhere.test',
  ])('%s is not found', async (path) => {
    await using server = await serve(router);
    const { status, headers, json } = await server.call('GET', path);
    expect([status, json]).toEqual([404, { kind: 'path_not_found', detail: 'There is nothing at this path.' }]);
    expect(headers['content-type']).toBe('application/problem+json');
  });

  it.each(['/api/users/%zz', '/api/users/%E0%A4%A', '/api/users?a=%zz', '/api/users?%E0=1'])(
    '%s is malformed',
    async (path) => {
      await using server = await serve(router);
      expect(await server.call('GET', path)).toMatchObject({ status: 400, json: { kind: 'malformed_path' } });
    },
  );

  it('names the methods of every template that matches, where the method is wrong', async () => {
    await using server = await serve(router);
    const wrong = await server.call('PATCH', '/api/users/me');
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'DELETE, GET, HEAD, OPTIONS']);
    const noGet = await server.call('GET', '/api/users/me/password');
    expect([noGet.status, noGet.headers.allow]).toEqual([405, 'PUT, OPTIONS']);
  });

  it('answers OPTIONS with the methods, and 404 where there is nothing', async () => {
    await using server = await serve(router);
    const known = await server.call('OPTIONS', '/api/users/7');
    expect([known.status, known.headers.allow, known.text]).toEqual([204, 'DELETE, GET, HEAD, OPTIONS', '']);
    expect(await server.call('OPTIONS', '/api/nothing')).toMatchObject({ status: 404 });
  });

  it('lists what it serves', async () => {
    await using server = await serve(router);
    expect(server.rest.operations.map(({ id, method, path }) => `${id} ${method} ${path}`)).toContain(
      'list GET /users',
    );
    expect(server.rest.operations).toHaveLength(9);
  });
});

describe('at start', () => {
  const start = (...procedures: ReturnType<typeof echo>[]) =>
    serve(t.router(Object.fromEntries(procedures.map((one, at) => [`p${at}`, one]))));

  it.each([
    [
      'two routes of one path',
      [echo('a', 'GET', '/a/{user_id}', id), echo('b', 'GET', '/a/{b}/', { b: z.string() })],
      /Two routes/,
    ],
    ['a parameter the input lacks', [echo('a', 'GET', '/a/{other}', id)], /lacks the path's parameter other/],
    ['a parameter within a segment', [echo('a', 'GET', '/a/{user_id}.json', id)], /neither a word nor/],
    ['a parameter named twice', [echo('a', 'GET', '/a/{user_id}/{user_id}', id)], /twice/],
    ['an empty segment', [echo('a', 'GET', '/a//b')], /neither a word nor/],
  ])('refuses %s', async (_what, procedures, message) => {
    await expect(start(...procedures)).rejects.toThrow(message);
  });

  it('refuses a subscription', async () => {
    const subscription = t.procedure
      .meta({ openapi: { method: 'GET', path: '/a' } })
      .subscription(async function* events() {
        yield await Promise.resolve(1);
      });
    await expect(serve(t.router({ subscription }))).rejects.toThrow(/subscription/);
  });

  it('refuses an input without names', async () => {
    const text = t.procedure
      .meta({ openapi: { method: 'GET', path: '/a' } })
      .input(z.string())
      .query(() => 1);
    await expect(serve(t.router({ text }))).rejects.toThrow(/not an object/);
  });

  it('refuses a lazy router, which it cannot look into', async () => {
    const late = lazy(() => Promise.resolve(t.router({ a: echo('a', 'GET', '/a') })));
    await expect(serve(t.router({ late }))).rejects.toThrow(/lazy/);
  });

  it('refuses a base path that no path would match', async () => {
    await expect(serve(t.router({}), { basePath: '/api/' })).rejects.toThrow(/slash/);
  });

  it('leaves out what has no openapi meta, or has it disabled', async () => {
    const hidden = t.procedure.meta({ openapi: { method: 'GET', path: '/a', enabled: false } }).query(() => 1);
    await using server = await serve(t.router({ hidden, none: t.procedure.query(() => 1) }));
    expect(server.rest.operations).toEqual([]);
  });
});
