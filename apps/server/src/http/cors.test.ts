import { describe, expect, it } from 'vitest';
import { openSocket } from '../testing/socket-client.ts';
import type { TestServer } from '../testing/test-server.ts';
import { startTestServer } from '../testing/test-server.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const ask = (server: TestServer, origin: string) => server.rest('GET', '/openapi.json', { headers: { origin } });
const preflight = (server: TestServer, origin: string) =>
  server.rest('OPTIONS', '/tasks', {
    headers: {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type,if-match',
    },
  });

describe('by default', () => {
  const server = useTestServer();

  it('takes any origin, and never its cookies', async () => {
    const { headers } = await ask(server(), 'https://anywhere.example');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('lets a page read what it needs', async () => {
    const exposed = String((await ask(server(), 'https://anywhere.example')).headers['access-control-expose-headers']);
    expect(exposed.split(',')).toEqual(expect.arrayContaining(['ETag', 'Location', 'Retry-After', 'X-Request-Id']));
  });

  it('answers a preflight for every method and header that the API has', async () => {
    const { status, headers } = await preflight(server(), 'https://anywhere.example');
    expect(status).toBe(204);
    expect(headers['access-control-allow-methods']).toContain('PATCH');
    expect(headers['access-control-allow-headers']).toContain('if-match');
  });
});

describe('by default in production', () => {
  const server = useTestServer({ env: { NODE_ENV: 'production' } });

  it('takes no other origin', async () => {
    for (const answer of [await ask(server(), 'https://a.example'), await preflight(server(), 'https://a.example')]) {
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  it('opens no socket to another origin, and one to a client that has none', async () => {
    await expect(openSocket(server(), '/trpc', { origin: 'https://a.example' })).rejects.toThrow('refused with 403');
    const { ws } = await openSocket(server(), '/trpc');
    ws.terminate();
  });

  it('takes any where the operator says so, and never its cookies', async () => {
    await using open = await startTestServer({ env: { NODE_ENV: 'production', ALLOWED_ORIGINS: '["*"]' } });
    const { headers } = await ask(open, 'https://anywhere.example');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });
});

describe('with a list', () => {
  const server = useTestServer({ env: { ALLOWED_ORIGINS: '["https://app.example.com","https://b.example.com"]' } });

  it('takes who is on it, and says that the answer depends on the origin', async () => {
    const { headers } = await ask(server(), 'https://b.example.com');
    expect(headers['access-control-allow-origin']).toBe('https://b.example.com');
    expect(headers.vary).toContain('Origin');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each(['https://evil.example', 'https://app.example.com.evil.example', 'http://app.example.com', 'null'])(
    'does not take %s',
    async (origin) => {
      for (const answer of [await ask(server(), origin), await preflight(server(), origin)]) {
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
    },
  );
});

it('lets a page read that it asks too often', async () => {
  await using server = await startTestServer({ env: { RATE_LIMIT_ALL: '1/minute' } });
  await ask(server, 'https://anywhere.example');
  const { status, headers } = await ask(server, 'https://anywhere.example');
  expect({ status, origin: headers['access-control-allow-origin'] }).toEqual({ status: 429, origin: '*' });
});
