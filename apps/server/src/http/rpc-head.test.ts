import { expect, it } from 'vitest';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();

/** What differs from one answer to the next; and how long a body is, which HEAD need not say. */
const own = new Set(['date', 'x-request-id', 'ratelimit', 'transfer-encoding', 'content-length']);

async function ask(method: string, path: string, token?: string) {
  const { status, headers, text } = await server().call(method, path, { token });
  return { status, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name))), text };
}

it.each([
  ['a query', '/trpc/users.me', 200],
  ['a batch', '/trpc/users.me,users.me?batch=1', 200],
  ['a batch with an unknown name', '/trpc/users.me,nothing.here?batch=1', 207],
  ['an input that does not fit', '/trpc/users.me?input={"a":1}', 422],
  ['an unknown name', '/trpc/nothing.here', 404],
  ['no name', '/trpc', 404],
  ['a mutation', '/trpc/auth.login', 405],
  ['a subscription', '/trpc/tasks.onChange', 405],
])('HEAD of %s is answered as GET, without the body', async (_, path, status) => {
  const { token } = await server().person();
  const head = await ask('HEAD', path, token);
  expect(head).toEqual({ ...(await ask('GET', path, token)), text: '' });
  expect(head.status).toBe(status);
});

it('HEAD asks for a token where GET does', async () => {
  const { status, headers } = await ask('HEAD', '/trpc/users.me');
  expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
});

it('HEAD is HEAD in the log', async () => {
  const { headers } = await server().call('HEAD', '/trpc/users.me');
  const line = server().log.lines.find((one) => one.includes(String(headers['x-request-id'])));
  expect(JSON.parse(line ?? '{}')).toMatchObject({ method: 'HEAD', procedure: 'users.me', status: 401 });
});
