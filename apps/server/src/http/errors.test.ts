import { eraseUser } from '@taskmaster/api';
import { describeError, errorCodes, isErrorCode, Problem } from '@taskmaster/core/errors';
import type { ErrorCode } from '@taskmaster/core/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Household } from '../testing/belongings.ts';
import { createHousehold } from '../testing/belongings.ts';
import type { Person } from '../testing/factories.ts';
import { everybodysPassword, multipart } from '../testing/factories.ts';
import type { Answer } from '../testing/http-client.ts';
import { fill, operations } from '../testing/operations.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();
let home: Household;
let admin: Person;
const seen = new Set<ErrorCode>();

beforeAll(async () => {
  home = await createHousehold(server());
  admin = await server().admin();
});

const unknownId = '01997d3e-8a50-7cc0-b3a1-000000000000';
const mine = () => home.owner.ask;
const id = (name: string) => home.ids[name] ?? '';
const task = (rest = '') => `/tasks/${id('task_id')}${rest}`;
const json = { 'content-type': 'application/json' };

/** For each code that a request can provoke, a request that does. */
const provocations: Partial<Record<ErrorCode, () => Promise<Answer>>> = {
  MALFORMED_JSON: () => mine()('POST', '/tasks', undefined, { raw: '{', headers: json }),
  MALFORMED_PATH: () => mine()('GET', '/tasks/%ff'),
  MALFORMED_UPLOAD: () =>
    mine()('POST', task('/attachments'), undefined, { ...multipart('a.txt', 'x'), raw: 'no part at all' }),
  UNAUTHENTICATED: () => server().rest('GET', '/tasks'),
  INVALID_CREDENTIALS: () => server().rest('POST', '/auth/login', { body: { email: 'nobody', password: 'wrong' } }),
  INVALID_REFRESH_TOKEN: () => server().rest('POST', '/auth/refresh', { body: { refresh_token: 'none' } }),
  FORBIDDEN: async () => {
    const friend = await server().person();
    await server().team({ owner: home.owner });
    const added = await mine()('POST', `/teams/${id('team_id')}/members`, { user_id: friend.id });
    expect(added.status).toBe(201);
    return friend.ask('DELETE', `/teams/${id('team_id')}`);
  },
  ADMIN_ONLY: () => mine()('GET', '/users'),
  ROUTE_NOT_FOUND: () => server().rest('GET', '/nothing/here'),
  USER_NOT_FOUND: () => admin.ask('GET', `/users/${unknownId}`),
  TEAM_NOT_FOUND: () => mine()('GET', `/teams/${unknownId}`),
  MEMBER_NOT_FOUND: () => mine()('DELETE', `/teams/${id('team_id')}/members/${unknownId}`),
  TASK_NOT_FOUND: () => mine()('GET', `/tasks/${unknownId}`),
  COMMENT_NOT_FOUND: () => mine()('DELETE', task(`/comments/${unknownId}`)),
  ATTACHMENT_NOT_FOUND: () => mine()('GET', task(`/attachments/${unknownId}/download`)),
  NOTIFICATION_NOT_FOUND: () => mine()('PUT', `/notifications/${unknownId}/read`),
  METHOD_NOT_ALLOWED: () => mine()('DELETE', '/tasks'),
  EMAIL_TAKEN: () => mine()('PUT', '/users/me', { email: admin.email.toUpperCase() }),
  USERNAME_TAKEN: () => mine()('PUT', '/users/me', { username: admin.username }),
  ALREADY_MEMBER: () => mine()('POST', `/teams/${id('team_id')}/members`, { user_id: id('user_id') }),
  OWNER_MUST_STAY: () => mine()('DELETE', `/teams/${id('team_id')}/members/${home.owner.id}`),
  LAST_ADMIN: () => admin.ask('DELETE', `/users/${admin.id}`),
  USER_ERASED: async () => {
    const { id: erased } = await server().person();
    await eraseUser(server().db, erased);
    return admin.ask('PATCH', `/users/${erased}`, { is_active: true });
  },
  STALE_VERSION: () => mine()('PATCH', task(), { title: 'late' }, { headers: { 'if-match': '"99"' } }),
  BODY_TOO_LARGE: () => mine()('POST', '/tasks', { title: 'x'.repeat(2 ** 20) }),
  FILE_TOO_LARGE: () =>
    mine()(
      'POST',
      task('/attachments'),
      undefined,
      multipart('a.txt', 'x'.repeat(server().env.MAX_FILE_SIZE_MB * 2 ** 20 + 1)),
    ),
  UNSUPPORTED_MEDIA_TYPE: () =>
    mine()('POST', '/tasks', undefined, {
      raw: 'title=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  RANGE_NOT_SATISFIABLE: () =>
    mine()('GET', task(`/attachments/${id('attachment_id')}/download`), undefined, {
      headers: { range: 'bytes=999-' },
    }),
  VALIDATION_FAILED: () => mine()('POST', '/tasks', { title: '', nonsense: 1 }),
};

/** Codes with tests of their own: what is no HTTP, limits, faults; and one that no operation over HTTP raises. */
const elsewhere: ErrorCode[] = [
  ...(['BAD_REQUEST', 'HEADERS_TOO_LARGE', 'REQUEST_TIMEOUT', 'BATCH_TOO_LARGE', 'EXPECTATION_FAILED'] as const),
  ...(['RATE_LIMITED', 'INTERNAL', 'UNAVAILABLE'] as const),
  ...(['SESSION_NOT_FOUND', 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_MALFORMED', 'IDEMPOTENCY_KEY_REUSED'] as const),
];

describe('a problem', () => {
  it.each(Object.entries(provocations))('%s', async (code, provoke) => {
    if (!isErrorCode(code)) throw new Error(code);
    seen.add(code);
    const { status, headers, as } = await provoke();
    const problem = as(Problem);
    expect(problem).toMatchObject({
      code,
      status,
      title: describeError(code).title,
      type: `/api/v1/docs/errors#${code}`,
    });
    expect(status).toBe(describeError(code).status);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['x-request-id']).toBe(problem.request_id);
    expect(headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
    expect(problem.errors === undefined).toBe(status !== 422);
    expect(problem.instance).toMatch(/^\/api\/v1\/[^?]+$/);
  });

  it('each code of the table is provoked, here or in a test of its own', () => {
    const codes = Object.keys(errorCodes).filter(isErrorCode);
    expect([...seen, ...elsewhere].toSorted()).toEqual(codes.toSorted());
  });

  it('says which field is wrong, of all that are', async () => {
    const { errors } = (await mine()('POST', '/tasks', { title: 'x'.repeat(201), nonsense: 1, status: 'lost' })).as(
      Problem,
    );
    expect(errors?.map(({ path, code }) => [path, code]).toSorted()).toEqual([
      ['nonsense', 'unrecognized_keys'],
      ['status', 'invalid_value'],
      ['title', 'too_big'],
    ]);
  });

  it.each([
    [{ title: '' }, 'title', 'too_small'],
    [{ title: ' \u200b' }, 'title', 'blank'],
    [{ title: 'a\u0000b' }, 'title', 'unstorable'],
    [{ title: 'a', due_date: 'tomorrow' }, 'due_date', 'invalid_format'],
    [{ title: 'a', due_date: '0099-12-31T23:59:59Z' }, 'due_date', 'out_of_range'],
  ])('says in one entry, by a code of its own, what is wrong with %j', async (body, path, code) => {
    const { errors } = (await mine()('POST', '/tasks', body)).as(Problem);
    expect(errors).toEqual([{ path, code, message: expect.any(String) }]);
  });

  it('says in one entry that a number of the query is too big', async () => {
    const { errors } = (await mine()('GET', '/tasks?page=99999999999999999999')).as(Problem);
    expect(errors).toEqual([{ path: 'page', code: 'too_big', message: expect.any(String) }]);
  });

  it('answers a body full of unknown keys briefly', async () => {
    const flood = Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`k${i}`, 1]));
    const answer = await mine()('POST', '/tasks', flood);
    expect(answer.status).toBe(422);
    expect(answer.text.length).toBeLessThan(20_000);
  });

  it('leads to a page that explains its code', async () => {
    const { type } = (await mine()('GET', `/tasks/${unknownId}`)).as(Problem);
    const [path = '', code = ''] = type.split('#');
    const page = await server().call('GET', path);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain(`id="${code}"`);
  });

  it('keeps tokens in the query out of what it says', async () => {
    const { text } = await server().rest('GET', '/nothing?token=secret-token');
    expect(text).not.toContain('secret-token');
  });
});

describe('methods', () => {
  const concrete = (path: string) => path.replaceAll(/\{\w+\}/g, unknownId);
  const paths = [...new Set(operations.map(({ path }) => concrete(path)))];
  const patternOf = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  /** By every template that the path fits: `/users/me` is also a `/users/{user_id}`. */
  const methodsAt = (path: string) => [
    ...new Set(operations.filter((one) => patternOf(one.path).test(path)).map(({ method }) => method)),
  ];
  const all = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'];

  it.each(paths)('%s answers those that the document does not have by 405 with Allow', async (path) => {
    const allowed = methodsAt(path);
    for (const method of all) {
      // As nobody: some of what is there would end one's own sessions.
      const { status, headers } = await server().rest(method, path);
      const isAllowed = allowed.includes(method);
      expect({ method, isAllowed: status !== 405 }).toEqual({ method, isAllowed });
      const implied = allowed.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS'];
      const listed = isAllowed ? undefined : [...allowed, ...implied].toSorted();
      expect(headers.allow?.split(', ').toSorted()).toEqual(listed);
    }
  });

  it('HEAD answers as GET does, without the body', async () => {
    for (const path of ['/tasks', task(), `/tasks/${unknownId}`, '/openapi.json']) {
      const [get, head] = [await mine()('GET', path), await mine()('HEAD', path)];
      const telling = ({ status, headers }: Answer) => [
        status,
        headers['content-type'],
        headers['content-length'],
        headers.etag,
      ];
      expect(telling(head).slice(0, 2)).toEqual(telling(get).slice(0, 2));
      expect(head.headers.etag).toBe(get.headers.etag);
      expect(head.text).toBe('');
    }
  });

  it('POST and PUT that take no input work without a body and without a content type', async () => {
    expect((await mine()('PUT', '/notifications/read-all')).status).toBe(200);
  });

  it('collections answer with the slash that the tables of the seed print', async () => {
    for (const path of ['/tasks', '/teams', '/notifications', '/activity']) {
      expect((await mine()('GET', `${path}/`)).json()).toMatchObject({ items: expect.anything() });
    }
  });
});

describe('what is only read', () => {
  it.each([
    '/healthz',
    '/readyz',
    '/metrics',
    '/api/v1/docs',
    '/api/v1/docs/errors',
    '/api/v1/docs/assets/swagger-ui.css',
  ])('%s answers a method that changes by 405 with Allow', async (path) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, headers, as } = await server().call(method, path);
      expect({ method, status, allow: headers.allow }).toEqual({ method, status: 405, allow: 'GET, HEAD, OPTIONS' });
      expect(as(Problem)).toMatchObject({ code: 'METHOD_NOT_ALLOWED', instance: path });
    }
    for (const method of ['GET', 'HEAD']) expect((await server().call(method, path)).status).toBe(200);
  });
});

describe('input that nobody takes', () => {
  const fieldsOf = (answer: Answer) => answer.as(Problem).errors?.map(({ path }) => path);

  it.each(['/openapi.json', '/tasks/{task_id}/attachments/{attachment_id}/download'])(
    'a query of %s is refused, as it is everywhere',
    async (path) => {
      const target = fill(path, home.ids);
      const answer = await mine()('GET', `${target}?x=1&x=2&__proto__=3`);
      expect({ status: answer.status, fields: fieldsOf(answer) }).toEqual({ status: 422, fields: ['x', '__proto__'] });
      expect((await mine()('GET', target)).status).toBe(200);
    },
  );

  it.each([
    ['GET', '/tasks'],
    ['GET', '/openapi.json'],
    ['DELETE', `/tasks/${unknownId}`],
  ])('a body of %s %s is refused', async (method, path) => {
    const answer = await mine()(method, path, { reason: 'none' });
    expect({ status: answer.status, fields: fieldsOf(answer) }).toEqual({ status: 422, fields: [''] });
  });

  it('a body of no bytes is none', async () => {
    const headers = { 'content-length': '0', 'content-type': 'application/json' };
    expect((await mine()('GET', '/tasks', undefined, { headers })).status).toBe(200);
  });
});

describe('request ids', () => {
  it('are ours where no proxy is trusted', async () => {
    const { headers } = await server().rest('GET', '/tasks', { headers: { 'x-request-id': 'chosen-by-client' } });
    expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('refusals of a login that is tried too often', () => {
  const limited = useTestServer({ env: { RATE_LIMIT_LOGIN: '2/minute' } });
  const body = { email: 'nobody', password: everybodysPassword };

  it('say when to come back, over REST and over typed RPC', async () => {
    for (let n = 0; n < 2; n++) await limited().rest('POST', '/auth/login', { body });
    const rest = await limited().rest('POST', '/auth/login', { body });
    const rpc = await limited().rpc('mutation', 'auth.login', body);
    for (const { status, headers } of [rest, rpc]) {
      expect(status).toBe(429);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
      expect(String(headers['ratelimit'])).toContain('"login"; r=0; t=');
      expect(headers['ratelimit-policy']).toBe('"login"; q=2; w=60');
    }
    expect(rest.as(Problem).code).toBe('RATE_LIMITED');
    expect(rpc.json()).toMatchObject({ error: { data: { httpStatus: 429, error: { code: 'RATE_LIMITED' } } } });
  });
});

afterAll(() => seen.clear());
