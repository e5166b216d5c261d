import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { SessionPage } from '@taskmaster/core/contracts';
import { activityAddresses } from '@taskmaster/core/tables';
import { describe, expect, it } from 'vitest';
import { everybodysPassword } from '../testing/factories.ts';
import type { Person } from '../testing/factories.ts';
import { openSocket, openTyped } from '../testing/socket-client.ts';
import { startTestServer } from '../testing/test-server.ts';
import type { TestServer } from '../testing/test-server.ts';
import { clientAddress } from './client-address.ts';

function requestFrom(peer: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const req = new IncomingMessage(socket);
  if (forwarded !== undefined) req.headers['x-forwarded-for'] = forwarded;
  return req;
}

const proxy = '10.0.0.1';

describe('the address of the client', () => {
  it.each([
    ['no proxy is trusted: the header is nothing', 0, '1.1.1.1', proxy],
    ['one hop, and the client says nothing', 1, '2.2.2.2', '2.2.2.2'],
    ['one hop, and the client claims to be another', 1, '6.6.6.6, 2.2.2.2', '2.2.2.2'],
    ['one hop, and the client claims a whole chain', 1, '6.6.6.6, 7.7.7.7, 8.8.8.8, 2.2.2.2', '2.2.2.2'],
    ['two hops', 2, '6.6.6.6, 2.2.2.2, 10.0.0.2', '2.2.2.2'],
    ['three hops', 3, '6.6.6.6, 2.2.2.2, 10.0.0.3, 10.0.0.2', '2.2.2.2'],
    ['fewer hops than are trusted', 3, '2.2.2.2', '2.2.2.2'],
    ['IPv6', 1, '2001:db8::7', '2001:db8::7'],
    ['what is no address', 1, 'unknown', proxy],
    ['an empty header', 1, '', proxy],
    ['an address with a port', 1, '2.2.2.2:1234', proxy],
  ])('%s', (_, hops, forwarded, expected) => {
    expect(clientAddress(requestFrom(proxy, forwarded), hops)).toBe(expected);
  });

  it('without the header it is whoever is connected', () => {
    expect(clientAddress(requestFrom(proxy), 2)).toBe(proxy);
  });
});

it.each([
  ['0', '127.0.0.1'],
  ['1', '203.0.113.9'],
])('with %s trusted hops the activity log names %s', async (TRUST_PROXY_HOPS, expected) => {
  await using server = await startTestServer({ env: { TRUST_PROXY_HOPS } });
  await server.rest('POST', '/auth/register', {
    body: { email: 'ann@example.com', username: 'ann', password: 'correct-horse-battery' },
    headers: { 'x-forwarded-for': '198.51.100.66, 203.0.113.9' },
  });
  const [entry] = await server.db.select().from(activityAddresses);
  expect(entry?.address).toBe(expected);
});

it('counts the sockets of each client behind a trusted proxy', async () => {
  await using server = await startTestServer({ env: { TRUST_PROXY_HOPS: '1', MAX_SOCKETS_PER_ADDRESS: '1' } });
  const open = (address: string) => openSocket(server, '/trpc', { headers: { 'x-forwarded-for': address } });
  const sockets = [await open('192.0.2.1'), await open('192.0.2.2')];
  await expect(open('192.0.2.1')).rejects.toThrow('refused with 429');
  for (const { ws } of sockets) ws.terminate();
});

it('takes over the id that a trusted proxy gave the request', async () => {
  await using server = await startTestServer({ env: { TRUST_PROXY_HOPS: '1' } });
  const idFor = async (id: string) =>
    (await server.call('GET', '/healthz', { headers: { 'x-request-id': id } })).headers['x-request-id'];
  expect(await idFor('proxy-made-this-1')).toBe('proxy-made-this-1');
  for (const usual of ['8-signs-', 'x'.repeat(128)]) expect(await idFor(usual)).toBe(usual);
  for (const odd of ['7-signs', 'x'.repeat(129)]) expect(await idFor(odd)).toMatch(/^[\da-f-]{36}$/);
  expect(await idFor('has a space in it')).toMatch(/^[\da-f-]{36}$/);
});

describe('a client that says at length what it is', () => {
  const headers = { 'user-agent': 'x'.repeat(600) };

  it.each<[string, (server: TestServer, person: Person, body: object) => Promise<unknown>]>([
    ['over HTTP', (server, _person, body) => server.rest('POST', '/auth/login', { body, headers })],
    [
      'over a socket',
      async (server, person, input) => {
        const socket = await openTyped(server, person, { headers });
        socket.send({ id: 1, method: 'mutation', params: { path: 'auth.login', input } });
        await socket.find(({ id }) => id === 1, 'the tokens');
        socket.ws.terminate();
      },
    ],
  ])('%s is quoted for 500 characters', async (_, login) => {
    await using server = await startTestServer();
    const person = await server.person();
    await login(server, person, { email: person.email, password: everybodysPassword });
    const { items } = (await person.ask('GET', '/auth/sessions')).as(SessionPage);
    expect(items.map(({ user_agent }) => user_agent)).toEqual(['x'.repeat(500), null]);
  });
});
