import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { isAllowedOrigin } from './origins.ts';

function asks(origin: string | undefined, host: string, allowed: readonly string[]) {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, { host, ...(origin !== undefined && { origin }) });
  return isAllowedOrigin(request, allowed);
}

describe('without a list', () => {
  test.each([
    ['https://tasks.example.com', 'tasks.example.com'],
    ['https://tasks.example.com', 'tasks.example.com:443'],
    ['http://tasks.example.com', 'tasks.example.com:80'],
    ['http://localhost:8000', 'localhost:8000'],
    ['http://[::1]:8000', '[::1]:8000'],
  ])("%s is %s's own", (origin, host) => {
    expect(asks(origin, host, [])).toBe(true);
  });

  test.each([
    ['https://evil.example', 'tasks.example.com'],
    ['https://tasks.example.com.evil.example', 'tasks.example.com'],
    ['https://tasks.example.com', 'tasks.example.com:80'],
    ['http://localhost:3000', 'localhost:8000'],
    ['null', 'null'],
    ['', 'localhost'],
    ['https://', 'localhost'],
    ['file://', ''],
  ])('%s is not', (origin, host) => {
    expect(asks(origin, host, [])).toBe(false);
  });

  test('no page sends none', () => {
    expect(asks(undefined, 'localhost', [])).toBe(true);
  });
});

test('with a list, who is on it is taken, and the own origin as before', () => {
  const allowed = ['https://app.example.com'];
  expect(asks('https://app.example.com', 'tasks.example.com', allowed)).toBe(true);
  expect(asks('https://tasks.example.com', 'tasks.example.com', allowed)).toBe(true);
  expect(asks('https://app.example.com:8443', 'tasks.example.com', allowed)).toBe(false);
});

test('"*" is everybody', () => {
  expect(asks('null', 'localhost', ['*'])).toBe(true);
});
