import { once } from 'node:events';
import { connect } from 'node:net';
import { Problem } from '@taskmaster/core/errors';
import { listen } from '@taskmaster/testing';
import { describe, expect, it } from 'vitest';
import { sendRaw } from '../testing/raw-request.ts';
import { useTestServer } from '../testing/use-test-server.ts';
import { createHttpServer } from './http-server.ts';

const server = useTestServer();

function parse(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
  const status = Number(head.split(' ', 2)[1]);
  return { status, head: head.toLowerCase(), problem: Problem.parse(JSON.parse(body)) };
}

const get = (target: string, headers = '') =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\n${headers}Connection: close\r\n\r\n`;

describe('what is no HTTP is answered as every error is', () => {
  it.each([
    ['a target with a byte that no target has', get('/api/v1/tasks/\u00e4')],
    ['no request line', 'hello\r\n\r\n'],
    ['a header without a name', get('/healthz', ': x\r\n')],
    ['two lengths', get('/healthz', 'Content-Length: 1\r\nContent-Length: 2\r\n')],
    ['a length and chunks', get('/healthz', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n')],
  ])('%s', async (_, bytes) => {
    const { status, head, problem } = parse(await sendRaw(server(), Buffer.from(bytes, 'latin1')));
    expect({ status, code: problem.code, ofProblem: problem.status }).toEqual({
      status: 400,
      code: 'BAD_REQUEST',
      ofProblem: 400,
    });
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain('connection: close');
    expect(head).toContain(`x-request-id: ${problem.request_id}`);
  });

  it.each([
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a Host with a space', 'GET /trouble HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a Host with a path', 'GET /trouble HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a Host with no port', 'GET /trouble HTTP/1.1\r\nHost: a:b\r\nConnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
    ['an expectation that nobody meets', get('/healthz', 'Expect: foo\r\n'), 417, 'EXPECTATION_FAILED'],
  ])('%s', async (_, bytes, status, code) => {
    const answer = await sendRaw(server(), bytes);
    const { head, problem } = parse(answer);
    expect({ status: parse(answer).status, code: problem.code }).toEqual({ status, code });
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain(`x-request-id: ${problem.request_id}`);
  });

  it.each([
    ['a Host of HTTP/1.0 that is missing', 'GET /healthz HTTP/1.0\r\n\r\n'],
    ['an address of IPv6', 'GET /healthz HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n'],
    ['an offer of HTTP/2', get('/healthz', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n')],
    ['an expectation that is met', get('/healthz', 'Expect: 100-continue\r\n')],
  ])('%s is HTTP', async (_, bytes) => {
    expect(await sendRaw(server(), bytes)).toMatch(/HTTP\/1.1 200 /);
  });

  it('headers beyond all measure', async () => {
    const { status, problem } = parse(await sendRaw(server(), get('/healthz', `X-Long: ${'x'.repeat(40_000)}\r\n`)));
    expect({ status, code: problem.code }).toEqual({ status: 431, code: 'HEADERS_TOO_LARGE' });
  });
});

it('what is no HTTP, sent while an answer is on its way, puts no word into that answer', async () => {
  const deadlines = { headersTimeoutMs: 10_000, bodyTimeoutMs: 10_000, keepAliveTimeoutMs: 10_000 };
  await using slow = createHttpServer((_req, res) => {
    res.writeHead(200, { 'content-length': 100 }).write('half of it');
  }, deadlines);
  const socket = connect(await listen(slow), '127.0.0.1');
  let heard = '';
  const closed = once(socket, 'close');
  socket.on('data', (data) => {
    if (heard === '') socket.write('garbage\r\n\r\n');
    heard += data.toString();
  });
  socket.write(get('/'));
  await closed;
  expect(heard).toMatch(/^HTTP\/1.1 200 [^]*\r\n\r\nhalf of it$/);
});

describe('a target that is unusual, but one', () => {
  it.each([
    ['in absolute form', 'http://x/api/v1/openapi.json', 200],
    ['with a fragment', '/api/v1/openapi.json#part', 404],
    ['with dots', '/api/v1/../v1/openapi.json', 404],
    ['with two slashes', '/api/v1//openapi.json', 404],
    ['with letters of another case', '/API/v1/openapi.json', 404],
    ['with letters of another case, of RPC', '/TRPC/users.me', 404],
    ['with letters of another case, of a probe', '/Healthz', 404],
    ['the asterisk', '*', 404],
    ['no path', 'http://x', 404],
  ])('%s', async (_, target, status) => {
    const answer = await sendRaw(server(), get(target));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('percent signs that mean nothing', async () => {
    const { status, problem } = parse(await sendRaw(server(), get('/api/v1/tasks/%ff')));
    expect({ status, code: problem.code }).toEqual({ status: 400, code: 'MALFORMED_PATH' });
  });
});
