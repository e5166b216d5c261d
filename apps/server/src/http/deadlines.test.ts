import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '@taskmaster/core/errors';
import { describe, expect, it } from 'vitest';
import { multipart, partHead } from '../testing/upload-surface.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer({
  env: {
    HEADERS_TIMEOUT_SECONDS: '1',
    KEEP_ALIVE_TIMEOUT_SECONDS: '1',
    BODY_TIMEOUT_SECONDS: '1',
    // The longest that any body may take follows from these, too.
    MAX_FILE_SIZE_MB: '1',
    TRANSFER_STALL_SECONDS: '1',
    TRANSFER_MIN_BYTES_PER_SECOND: String(2 ** 20),
  },
});

/** A connection of its own. `heard` is all that the server has said. */
function dial() {
  const { hostname, port } = new URL(server().origin);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (data) => (heard += data.toString()));
  socket.on('error', () => undefined);
  return { socket, closed: once(socket, 'close'), heard: () => heard };
}

const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

describe('headers', () => {
  it('that do not come are answered by 408, and the connection is closed', async () => {
    const { socket, closed, heard } = dial();
    // Byte after byte is no way round: it is the time for all of them.
    const dripping = setInterval(() => socket.write('x'), 100);
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const before = performance.now();
    await closed;
    clearInterval(dripping);
    // Node's own looks come every 30 s.
    expect(performance.now() - before).toBeLessThan(15_000);
    const [head = '', body = ''] = heard().split('\r\n\r\n', 2);
    expect(head).toMatch(/^HTTP\/1\.1 408 /);
    expect(Problem.parse(JSON.parse(body)).code).toBe('REQUEST_TIMEOUT');
  });

  it('that are slow but come in time are heard', async () => {
    const { socket, closed, heard } = dial();
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
    await sleep(300);
    socket.write('Connection: close\r\n\r\n');
    await closed;
    expect(heard()).toMatch(/^HTTP\/1\.1 200 /);
  });
});

it('a body that drips where nobody reads it ends with the time for all of a request', async () => {
  const { socket, closed, heard } = dial();
  socket.write('POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n');
  const dripping = setInterval(() => socket.write('x'), 200);
  const before = performance.now();
  await closed;
  clearInterval(dripping);
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(heard()).toMatch(/^HTTP\/1\.1 404 /);
});

describe('an upload', () => {
  async function refusalOf(send: (socket: Socket) => void) {
    const person = await server().person();
    const { id } = await server().task({ by: person });
    const { socket, closed, heard } = dial();
    socket.write(
      `POST /api/v1/tasks/${id}/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${person.token}\r\n` +
        `Content-Type: ${multipart}\r\nContent-Length: 100000\r\n\r\n${partHead()}`,
    );
    send(socket);
    await closed;
    const [head = '', body = ''] = heard().split('\r\n\r\n', 2);
    expect(head).toMatch(/^HTTP\/1\.1 408 /);
    return Problem.parse(JSON.parse(body)).detail;
  }

  it('that stands still is cut off after the time that is set', async () => {
    expect(await refusalOf(() => undefined)).toBe('The upload stood still for 1 seconds');
  });

  it('that comes at less than the rate that is set is cut off, though it goes on', async () => {
    let dripping: NodeJS.Timeout | undefined;
    const detail = await refusalOf((socket) => {
      dripping = setInterval(() => socket.write('x'), 50);
    });
    clearInterval(dripping);
    expect(detail).toBe('The upload came at less than 1048576 bytes a second');
  });
});

it('a connection is kept for the next request, and closed when none comes', async () => {
  const { socket, closed, heard } = dial();
  const answers = () => heard().match(/HTTP\/1\.1 200 /g)?.length ?? 0;
  socket.write(request);
  await expect.poll(answers).toBe(1);
  await sleep(300);
  socket.write(request);
  await expect.poll(answers).toBe(2);
  const before = performance.now();
  await closed;
  const idleMs = performance.now() - before;
  expect(idleMs).toBeGreaterThan(500);
  // Node's own default is 5 s, and one more.
  expect(idleMs).toBeLessThan(4_500);
  expect(answers()).toBe(2);
});
