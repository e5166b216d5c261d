import { Problem } from '@taskmaster/core/errors';
import { describe, expect, it } from 'vitest';
import { operations } from '../testing/operations.ts';
import { restProcedures } from '../testing/surfaces.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();

const elsewhere = [
  '/',
  '/api',
  '/api/v1',
  '/api/v1/',
  '/api/v2/tasks',
  '/API/V1/tasks',
  '/tasks',
  '/docs',
  '/openapi.json',
];
const guesses = [
  '/graphql',
  '/swagger',
  '/admin',
  '/debug',
  '/.env',
  '/.git/config',
  '/favicon.ico',
  '/uploads',
  '/ws',
];
const belowDocs = ['/api/v1/docs/nothing', '/api/v1/docs/assets/..%2f..%2fpackage.json', '/api/v1/docs/assets/%00'];

it('has in its document every procedure that is on REST, and the three routes beside them', () => {
  const routes = ['attachments.upload', 'attachments.download', 'openapi'];
  const expected = [...restProcedures.map(({ path }) => path), ...routes];
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(expected.toSorted());
});

describe('beside the document there are the probes, the metrics, the reference and typed RPC', () => {
  it.each([
    ['/healthz', 'application/json'],
    ['/readyz', 'application/json'],
    ['/metrics', 'text/plain'],
    ['/api/v1/docs', 'text/html'],
    ['/api/v1/docs/errors', 'text/html'],
  ])('%s', async (path, type) => {
    const { status, headers } = await server().call('GET', path);
    expect({ status, type: headers['content-type']?.split(';')[0] }).toEqual({ status: 200, type });
  });

  it.each([...elsewhere, ...guesses, ...belowDocs])('and nothing else: %s', async (path) => {
    const { status, headers, as } = await server().call('GET', path);
    expect([404, 400]).toContain(status);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(as(Problem).status).toBe(status);
  });

  it('typed RPC knows no procedure that is not in the router, and shows no panel', async () => {
    for (const path of ['/trpc', '/trpc/', '/trpc/panel', '/trpc/__proto__', '/trpc/constructor.name']) {
      expect((await server().call('GET', path)).status).toBe(404);
    }
  });

  it('says of itself neither its framework nor what it runs on', async () => {
    const { headers } = await server().call('GET', '/healthz');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });
});
