import { Problem } from '@taskmaster/core/errors';
import { describe, expect, it } from 'vitest';
import { sendRaw } from '../testing/raw-request.ts';
import type { TestServer } from '../testing/test-server.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
const refused = { status: 400, code: 'BAD_REQUEST' };

/** The status and, of a refusal, the code. An upgrade without a token is refused by 401, if the name is not. */
async function ask(server: TestServer, target: string, hosts: readonly string[], more: readonly string[] = []) {
  const lines = [`GET ${target} HTTP/1.1`, ...hosts.map((host) => `Host: ${host}`), ...more];
  const answer = await sendRaw(server, `${lines.join('\r\n')}\r\n\r\n`);
  const status = Number(answer.split(' ', 2)[1]);
  if (status < 400) return { status };
  return { status, code: Problem.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).code };
}
const overHttp = (server: TestServer, ...hosts: string[]) =>
  ask(server, '/api/v1/openapi.json', hosts, ['Connection: close']);
const overUpgrade = (server: TestServer, ...hosts: string[]) => ask(server, '/ws/somebody', hosts, upgrade);

describe('without a list', () => {
  const server = useTestServer();

  it.each(['localhost', 'LOCALHOST:8000', 'a.example.', '127.0.0.1:80', '[::1]:8000', 'app_1', 'a-b.example:65535'])(
    '%s is a name',
    async (host) => {
      expect(await overHttp(server(), host)).toEqual({ status: 200 });
      expect(await overUpgrade(server(), host)).toMatchObject({ status: 401 });
    },
  );

  it.each(['a b', '[', '[::1', 'a:b', 'a:123456', 'http://a', 'a/b', 'user@a', '', 'ä.example', 'a,b'])(
    '"%s" is none',
    async (host) => {
      expect(await overHttp(server(), host)).toEqual(refused);
      expect(await overUpgrade(server(), host)).toEqual(refused);
    },
  );

  it('two are none', async () => {
    expect(await overHttp(server(), 'a.example', 'b.example')).toEqual(refused);
    expect(await overUpgrade(server(), 'a.example', 'b.example')).toEqual(refused);
  });
});

describe('with a list', () => {
  const server = useTestServer({ env: { ALLOWED_HOSTS: '["tasks.example.com","[::1]"]' } });

  it.each(['tasks.example.com', 'Tasks.Example.com:8443', 'tasks.example.com.', '[::1]:8000'])(
    '%s is on it',
    async (host) => {
      expect(await overHttp(server(), host)).toEqual({ status: 200 });
      expect(await overUpgrade(server(), host)).toMatchObject({ status: 401 });
    },
  );

  it.each(['evil.example', 'localhost', '127.0.0.1', 'a.tasks.example.com', 'tasks.example.com.evil.example'])(
    '%s is not',
    async (host) => {
      expect(await overHttp(server(), host)).toEqual(refused);
      expect(await overUpgrade(server(), host)).toEqual(refused);
    },
  );

  it('typed RPC and the documents too are refused, and the probes answer under any name', async () => {
    const rpc = await sendRaw(
      server(),
      'GET /trpc/users.me HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(rpc).toMatch(/^HTTP\/1.1 400 [^]*"error":\{"code":"BAD_REQUEST"/);
    for (const path of ['/api/v1/docs', '/nothing']) {
      expect(await ask(server(), path, ['evil.example'], ['Connection: close'])).toEqual(refused);
    }
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      expect(await ask(server(), path, ['10.0.0.7:8000'], ['Connection: close'])).toEqual({ status: 200 });
    }
  });
});
