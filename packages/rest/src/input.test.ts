import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerError, serve, t } from './testing/test-surface.ts';

const filter = z.strictObject({
  done: z.boolean().optional(),
  size: z.int().min(1).default(20),
  ratio: z.number().nullable().optional(),
  status: z.array(z.enum(['todo', 'done'])).optional(),
  levels: z.array(z.number()).optional(),
  either: z.union([z.literal('all'), z.number()]).optional(),
  text: z.string().optional(),
  grade: z.union([z.enum(['1', '2']), z.number()]).optional(),
  date: z
    .string()
    .transform((text) => text.length)
    .optional(),
  kind: z.union([z.string(), z.number()]).optional(),
});
const output = z.unknown();

const router = t.router({
  list: t.procedure
    .meta({ openapi: { method: 'GET', path: '/tasks' } })
    .input(filter)
    .output(output)
    .query(({ input }) => input),
  get: t.procedure
    .meta({ openapi: { method: 'GET', path: '/numbers/{n}' } })
    .input(z.strictObject({ n: z.int() }))
    .output(output)
    .query(({ input }) => input),
  create: t.procedure
    .meta({ openapi: { method: 'POST', path: '/tasks' } })
    .input(z.strictObject({ title: z.string().optional(), done: z.boolean().optional(), size: z.int().optional() }))
    .output(output)
    .mutation(({ input }) => input),
  update: t.procedure
    .meta({ openapi: { method: 'PUT', path: '/tasks/{task_id}' } })
    .input(z.strictObject({ task_id: z.string(), title: z.string().optional(), expected_version: z.int().optional() }))
    .output(output)
    .mutation(({ input }) => input),
  remove: t.procedure
    .meta({ openapi: { method: 'DELETE', path: '/tasks/{task_id}' } })
    .input(z.strictObject({ task_id: z.string(), expected_version: z.int().optional() }))
    .output(output)
    .mutation(({ input }) => input),
  strictEmpty: t.procedure
    .meta({ openapi: { method: 'PUT', path: '/empty' } })
    .input(z.strictObject({}))
    .output(output)
    .mutation(({ input }) => input),
  none: t.procedure
    .meta({ openapi: { method: 'PUT', path: '/none' } })
    .output(output)
    .mutation(({ input }) => ({ input })),
  nothing: t.procedure
    .meta({ openapi: { method: 'PUT', path: '/void' } })
    .input(z.void())
    .output(output)
    .mutation(({ input }) => ({ input })),
});

const issue = (keys: string[]) => ({
  status: 422,
  json: { kind: 'invalid', issues: [{ code: 'unrecognized_keys', keys, path: [] }] },
});

describe('the query', () => {
  it.each([
    ['', { size: 20 }],
    ['done=false', { size: 20, done: false }],
    ['done=true&size=7&ratio=-1.5', { done: true, size: 7, ratio: -1.5 }],
    ['status=todo', { size: 20, status: ['todo'] }],
    ['status=todo&status=done', { size: 20, status: ['todo', 'done'] }],
    ['levels=1&levels=2', { size: 20, levels: [1, 2] }],
    ['either=all', { size: 20, either: 'all' }],
    ['either=7', { size: 20, either: 7 }],
    ['grade=1', { size: 20, grade: '1' }],
    ['grade=3', { size: 20, grade: 3 }],
    ['kind=7', { size: 20, kind: '7' }],
    ['text=7', { size: 20, text: '7' }],
    ['text=true', { size: 20, text: 'true' }],
    ['text', { size: 20, text: '' }],
    ['date=2030', { size: 20, date: 4 }],
    ['&&text=a+b%2Bc%20%C3%A9%26&', { size: 20, text: 'a b+c é&' }],
    ['te%78t=x', { size: 20, text: 'x' }],
  ])('%s', async (query, expected) => {
    await using server = await serve(router);
    const { status, json } = await server.call('GET', `/api/tasks?${query}`);
    expect([status, json]).toEqual([200, expected]);
  });

  it.each([
    'size=',
    'size=+1',
    'size=1e1',
    'size=0x10',
    'size=Infinity',
    'size=1.',
    'size=.5',
    'size=2.5',
    `size=${'9'.repeat(400)}`,
    'done=',
    'done=1',
    'done=TRUE',
    'done=yes',
    'text=a&text=b',
    'size=1&size=2',
    'done=true&done=true',
    'status=bad',
    'levels=x',
    'either=some',
    'size=%00',
  ])('%s is refused by the schema', async (query) => {
    await using server = await serve(router);
    expect(await server.call('GET', `/api/tasks?${query}`)).toMatchObject({ status: 422, json: { kind: 'invalid' } });
  });

  it.each(['unknown', '__proto__', 'constructor', 'toString', ''])('an unknown key %s is refused', async (key) => {
    await using server = await serve(router);
    const path = `/api/tasks?${key}=1&${key}=2`;
    expect(await server.call('GET', path)).toMatchObject(issue([key]));
    expect({}).not.toHaveProperty('1');
  });

  it('is unknown on operations with a body', async () => {
    await using server = await serve(router);
    expect(await server.call('POST', '/api/tasks?title=x')).toMatchObject(issue(['title']));
    expect(await server.call('POST', '/api/tasks?__proto__=x&a=1')).toMatchObject(issue(['__proto__', 'a']));
    expect(await server.call('POST', '/api/tasks?')).toMatchObject({ status: 200 });
  });

  it('feeds DELETE, whose body is refused', async () => {
    await using server = await serve(router);
    expect(await server.call('DELETE', '/api/tasks/1')).toMatchObject({ status: 200, json: { task_id: '1' } });
    expect(await server.call('DELETE', '/api/tasks/1', { body: '' })).toMatchObject({ status: 200 });
    const refused = { status: 422, json: { issues: [{ path: [], message: 'This operation takes no body' }] } };
    expect(await server.send('DELETE', '/api/tasks/1', { a: 1 })).toMatchObject(refused);
    expect(
      await server.call('DELETE', '/api/tasks/1', { body: ['{', '}'], headers: { 'transfer-encoding': 'chunked' } }),
    ).toMatchObject(refused);
    expect(await server.call('DELETE', '/api/tasks/1?a=1')).toMatchObject(issue(['a']));
  });
});

describe('the path', () => {
  it.each([
    ['-12', -12],
    ['007', 7],
  ])('%s is a number where one is due', async (text, n) => {
    await using server = await serve(router);
    expect(await server.call('GET', `/api/numbers/${text}`)).toMatchObject({ status: 200, json: { n } });
  });

  it.each(['x', '1e3', '%20', '%2B1', '1.5', 'NaN'])('%s is refused where a number is due', async (text) => {
    await using server = await serve(router);
    expect(await server.call('GET', `/api/numbers/${text}`)).toMatchObject({ status: 422 });
  });

  it('wins its names: nothing else may set them', async () => {
    await using server = await serve(router);
    expect(await server.call('GET', '/api/numbers/7?n=8')).toMatchObject(issue(['n']));
    expect(await server.send('PUT', '/api/tasks/1', { task_id: '2' })).toMatchObject(issue(['task_id']));
    expect(await server.send('PUT', '/api/tasks/1', { task_id: '1' })).toMatchObject(issue(['task_id']));
  });
});

describe('a JSON body', () => {
  it('is never coerced', async () => {
    await using server = await serve(router);
    expect(await server.send('POST', '/api/tasks', { done: 'false' })).toMatchObject({ status: 422 });
    expect(await server.send('POST', '/api/tasks', { size: '1' })).toMatchObject({ status: 422 });
    expect(await server.send('POST', '/api/tasks', { done: false })).toMatchObject({
      status: 200,
      json: { done: false },
    });
  });

  it.each([[[]], [[{ title: 'x' }]], ['title'], [7], [null], [true]])(
    '%j is refused unless it is an object',
    async (json) => {
      await using server = await serve(router);
      for (const path of ['/api/tasks', '/api/empty', '/api/none', '/api/void']) {
        const method = path === '/api/tasks' ? 'POST' : 'PUT';
        const answer = await server.send(method, path, json);
        expect(answer).toMatchObject({ status: 422, json: { kind: 'invalid' } });
      }
      expect(await server.send('PUT', '/api/tasks/1', json)).toMatchObject({ status: 422 });
    },
  );

  it('hands over every own key, and pollutes nothing', async () => {
    await using server = await serve(router);
    const body = '{"title":"x","__proto__":{"done":true},"constructor":{"prototype":{"polluted":1}}}';
    const answer = await server.call('POST', '/api/tasks', { body, headers: { 'content-type': 'application/json' } });
    expect(answer).toMatchObject(issue(['__proto__', 'constructor']));
    expect({}).not.toHaveProperty('polluted');
    expect({}).not.toHaveProperty('done');
  });

  it('may nest as deeply as it likes', async () => {
    await using server = await serve(router);
    const body = `{"title":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const answer = await server.call('POST', '/api/tasks', { body, headers: { 'content-type': 'application/json' } });
    expect([400, 422]).toContain(answer.status);
  });
});

describe('no input', () => {
  it.each(['/api/empty', '/api/none', '/api/void'])('%s takes no body, an empty one and {}', async (path) => {
    await using server = await serve(router);
    for (const headers of [
      {},
      { 'content-type': 'application/json' },
      { 'content-type': 'text/plain', 'content-length': '0' },
    ]) {
      expect(await server.call('PUT', path, { headers })).toMatchObject({ status: 200, json: {} });
    }
    expect(await server.call('PUT', path, { body: [], headers: { 'transfer-encoding': 'chunked' } })).toMatchObject({
      status: 200,
    });
    expect(await server.send('PUT', path, {})).toMatchObject({ status: 200, json: {} });
    expect(await server.send('PUT', path, { a: 1 })).toMatchObject(issue(['a']));
    expect(await server.call('PUT', `${path}?a=1`)).toMatchObject(issue(['a']));
  });
});

describe('the schemas', () => {
  it('are not changed: over RPC a string stays no boolean', async () => {
    await using server = await serve(router);
    expect(await server.call('GET', '/api/tasks?done=false&size=7')).toMatchObject({ status: 200 });
    const caller = router.createCaller({});
    const wrong: unknown = { done: 'false' };
    // What a client without types sends.
    await expect(
      Promise.resolve(wrong).then((input) => Reflect.apply(caller.list, undefined, [input])),
    ).rejects.toThrow('expected boolean');
  });

  it('refuse in the same words as the adapter does for them', async () => {
    const issues: unknown[] = [];
    await using server = await serve(router, {
      onError(error) {
        const answer = answerError(error);
        issues.push(answer.problem['issues']);
        return answer;
      },
    });
    await server.send('POST', '/api/tasks', { a: 1 });
    await server.call('POST', '/api/tasks?a=1');
    const [bySchema, byAdapter] = issues;
    expect(bySchema).toMatchObject([{ code: 'unrecognized_keys', keys: ['a'] }]);
    expect(JSON.stringify(byAdapter)).toBe(JSON.stringify(bySchema));
  });
});

describe('If-Match', () => {
  const ifMatch = {
    field: 'expected_version',
    parse: ([tag, ...more]: readonly string[]) => (more.length === 0 && tag ? Number(tag.slice(1, -1)) : -1),
  };

  it.each([
    ['"7"', 7],
    [' "7" ', 7],
    ['"7", W/"8"', 7],
    ['W/"7"', -1],
    ['"7", "8"', -1],
    ['7', -1],
    ['"7', -1],
    ['"7" "8"', -1],
    ['*, "7"', -1],
    [',,"7",', 7],
    ['', -1],
    ['*', undefined],
    [undefined, undefined],
  ])('%s is version %s', async (header, version) => {
    await using server = await serve(router, { ifMatch });
    const headers: Record<string, string> = header === undefined ? {} : { 'if-match': header };
    const expected = { task_id: '1', ...(version === undefined ? {} : { expected_version: version }) };
    const put = await server.send('PUT', '/api/tasks/1', {}, headers);
    expect([put.status, put.json]).toEqual([200, expected]);
    const remove = await server.call('DELETE', '/api/tasks/1', { headers });
    expect([remove.status, remove.json]).toEqual([200, expected]);
  });

  it('hands over tags with commas whole, quotes included', async () => {
    const seen: (readonly string[])[] = [];
    const parse = (tags: readonly string[]) => seen.push(tags);
    await using server = await serve(router, { ifMatch: { field: 'expected_version', parse } });
    await server.send('PUT', '/api/tasks/1', {}, { 'if-match': '"a,b" , "", "c"' });
    await server.send('PUT', '/api/tasks/1', {}, { 'if-match': '"a,b' });
    expect(seen).toEqual([['"a,b"', '""', '"c"'], []]);
  });

  it('is the only way to set its field', async () => {
    await using server = await serve(router, { ifMatch });
    expect(await server.send('PUT', '/api/tasks/1', { expected_version: 1 })).toMatchObject(
      issue(['expected_version']),
    );
    expect(await server.call('DELETE', '/api/tasks/1?expected_version=1')).toMatchObject(issue(['expected_version']));
  });

  it('means nothing to an operation without the field', async () => {
    await using server = await serve(router, { ifMatch });
    expect(await server.send('POST', '/api/tasks', {}, { 'if-match': '"7"' })).toMatchObject({ status: 200, json: {} });
  });
});
