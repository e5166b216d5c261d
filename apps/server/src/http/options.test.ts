import { expect, it } from 'vitest';
import { operations } from '../testing/operations.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();
const ask = async (path: string, headers = {}) => {
  const answer = await server().call('OPTIONS', path, { headers });
  return { status: answer.status, allow: answer.headers.allow, text: answer.text };
};

it.each([
  ['/api/v1/tasks', 'GET, POST, HEAD, OPTIONS'],
  ['/api/v1/tasks/', 'GET, POST, HEAD, OPTIONS'],
  ['/api/v1/auth/login', 'POST, OPTIONS'],
  ['/api/v1/openapi.json', 'GET, HEAD, OPTIONS'],
  ['/api/v1/tasks/1/attachments', 'GET, POST, HEAD, OPTIONS'],
  ['/api/v1/tasks/1/attachments/2/download', 'GET, HEAD, OPTIONS'],
  ['/healthz', 'GET, HEAD, OPTIONS'],
  ['/readyz', 'GET, HEAD, OPTIONS'],
  ['/metrics', 'GET, HEAD, OPTIONS'],
  ['/api/v1/docs', 'GET, HEAD, OPTIONS'],
  ['/api/v1/docs/errors', 'GET, HEAD, OPTIONS'],
  ['/api/v1/docs/assets/swagger-ui.css', 'GET, HEAD, OPTIONS'],
  ['/trpc/users.me', 'GET, HEAD, OPTIONS'],
  ['/trpc/auth.login', 'POST, OPTIONS'],
  ['/trpc/users.me,tasks.list?batch=1', 'GET, HEAD, OPTIONS'],
])('%s is asked what it takes', async (path, allow) => {
  const told = { status: 204, allow, text: '' };
  expect(await ask(path)).toEqual(told);
  // A page may ask it as well: its browser sends a preflight before.
  expect(await ask(path, { origin: 'https://anywhere.example' })).toEqual(told);
});

it.each([
  '/',
  '/nothing',
  '/healthz/nothing',
  '/api/v1',
  '/api/v1/nothing',
  '/api/v1/docs/nothing',
  '/api/v1/docs/assets',
  '/api/v1/docs/assets/nothing.css',
  '/trpc',
  '/trpc/nothing',
  '/trpc/constructor',
  '/trpc/users.me,tasks.list',
  '/trpc/users.me,nothing?batch=1',
])('%s is not there, whatever is asked of it', async (path) => {
  for (const method of ['OPTIONS', 'DELETE']) {
    const { status, headers, text } = await server().call(method, path);
    expect({ method, status, allow: headers.allow }).toEqual({ method, status: 404, allow: undefined });
    expect(text).toContain('ROUTE_NOT_FOUND');
  }
  // Of a batch GET says it call by call.
  const [head, get] = await Promise.all([server().call('HEAD', path), server().call('GET', path)]);
  expect(head.status).toBe(get.status);
});

it('a preflight is answered for the server as a whole, and by nobody else', async () => {
  const headers = { origin: 'https://anywhere.example', 'access-control-request-method': 'DELETE' };
  for (const path of ['/healthz', '/api/v1/tasks', '/api/v1/nothing', '/api/v1/docs', '/trpc/users.me']) {
    const answer = await server().call('OPTIONS', path, { headers });
    expect([answer.status, answer.headers['access-control-allow-origin'], answer.headers.allow]).toEqual([
      204,
      '*',
      undefined,
    ]);
    expect(answer.headers['access-control-allow-methods']).toContain('DELETE');
  }
});

it('every path of the document says its methods', async () => {
  for (const path of new Set(operations.map((one) => one.path))) {
    const here = operations.filter((one) => one.path === path).map(({ method }) => method);
    const { status, allow } = await ask(`/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`);
    expect([path, status]).toEqual([path, 204]);
    expect(allow?.split(', ')).toEqual(expect.arrayContaining([...here, 'OPTIONS']));
  }
});
