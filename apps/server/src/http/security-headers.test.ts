import { describe, expect, it } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();

const closed = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none';sandbox",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

describe('an answer that is no page', () => {
  it.each([
    ['of REST', 200, '/api/v1/openapi.json'],
    ['an error of REST', 401, '/api/v1/tasks'],
    ['of typed RPC', 401, '/trpc/users.me'],
    ['of a probe', 200, '/healthz'],
    ['of no path', 404, '/nothing/here'],
    ['of a path that cannot be decoded', 400, '/api/v1/tasks/%ff'],
  ])('%s is closed to browsers', async (_what, status, path) => {
    const answer = await server().call('GET', path);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(closed);
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it('of the API is kept nowhere', async () => {
    for (const path of ['/api/v1/openapi.json', '/api/v1/tasks', '/trpc/users.me']) {
      expect((await server().call('GET', path)).headers['cache-control']).toBe('no-store');
    }
  });

  it.each(['/healthz', '/readyz', '/metrics'])(
    'of %s is kept nowhere, and not compared with an earlier one',
    async (path) => {
      const { status, headers } = await server().call('GET', path);
      expect([status, headers['cache-control'], headers.etag]).toEqual([200, 'no-store', undefined]);
    },
  );
});

it('a page of the reference runs what comes from this server, and is framed by nobody', async () => {
  for (const path of ['/api/v1/docs', '/api/v1/docs/errors', '/api/v1/docs/assets/swagger-ui-bundle.js']) {
    const { status, headers } = await server().call('GET', path);
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toBe(
      [
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
      ].join(';'),
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});

describe('Strict-Transport-Security', () => {
  it('is for production', async () => {
    await using production = await startTestServer({ env: { NODE_ENV: 'production' } });
    const { headers } = await production.call('GET', '/healthz');
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('is not for the localhost of a developer', async () => {
    const { headers } = await server().call('GET', '/healthz');
    expect(headers).not.toHaveProperty('strict-transport-security');
  });
});
