import { Duplex } from 'node:stream';
import { until } from '@taskmaster/testing';
import { AppError } from '@taskmaster/core/errors';
import { expect, test } from 'vitest';
import { refuse } from './refuse.ts';

const request = { request_id: 'test', instance: '/trpc' };

test('a line break in the value of a header begins no header', async () => {
  let said = '';
  const socket = new Duplex({
    read: () => undefined,
    write(chunk, _encoding, done) {
      said += String(chunk);
      done();
    },
  });
  refuse(socket, new AppError('BAD_REQUEST', { headers: { allow: 'GET\r\nset-cookie: a=b' } }), request);
  await until(() => socket.destroyed, 'the end of the connection');
  expect(said.split('\r\n')).toContain('allow: GETset-cookie: a=b');
});

test('who takes nothing of the answer is cut off', async () => {
  const socket = new Duplex({ read: () => undefined, write: () => undefined });
  refuse(socket, new AppError('BAD_REQUEST'), request);
  await until(() => socket.destroyed, 'the end of the connection', 3_000);
  expect(socket.writableFinished).toBe(false);
});
