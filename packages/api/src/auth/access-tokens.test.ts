import { secretKey } from '@taskmaster/testing';
import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { createAccessTokens } from './access-tokens.ts';
import { brokenTokens } from '../testing/broken-tokens.ts';
import { bearerToken } from './authenticate.ts';

const claims = { user_id: uuidv7(), session_id: uuidv7() };
const start = Date.UTC(2026, 0, 1);

function tokensAt(clock: { now: number }, options: { secretKey?: string; previousSecretKey?: string } = {}) {
  return createAccessTokens({ secretKey, algorithm: 'HS256', lifetimeSeconds: 900, now: () => clock.now, ...options });
}

test('a token is good for its lifetime, also where it has been verified before', async () => {
  const clock = { now: start };
  const tokens = tokensAt(clock);
  const token = await tokens.sign(claims);
  const verified = { sub: claims.user_id, sid: claims.session_id, exp: start / 1000 + 900 };
  expect(await tokens.verify(token)).toMatchObject(verified);
  clock.now = start + 899_000;
  expect(await tokens.verify(token)).toMatchObject(verified);
  clock.now = start + 900_000;
  expect(await tokens.verify(token)).toBeUndefined();
  expect(await tokensAt(clock).verify(token), 'never verified before').toBeUndefined();
});

test('names no role: that is read per request', async () => {
  const tokens = tokensAt({ now: start });
  const [, payload = ''] = (await tokens.sign(claims)).split('.');
  const said: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  expect(Object.keys(said ?? {}).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'sid', 'sub']);
});

test('every broken token is refused, and the one that they are made of is not', async () => {
  const tokens = tokensAt({ now: Date.now() });
  const token = await tokens.sign(claims);
  const broken = brokenTokens({ secretKey, token, refreshToken: randomBytes(32).toString('base64url') });
  expect(Object.keys(broken).length).toBeGreaterThanOrEqual(40);
  const taken: string[] = [];
  for (const [name, made] of Object.entries(broken)) if (await tokens.verify(made)) taken.push(name);
  // Whether there is such a user or session only the database knows.
  expect(taken).toEqual(['a subject of somebody else', 'a session of nobody']);
  expect(await tokens.verify(token)).toBeDefined();
});

test('a key is replaced without a token being refused: the previous one verifies, and signs nothing', async () => {
  const clock = { now: start };
  const next = 'the next key of the tests, as long as it has to be';
  const [before, after] = [tokensAt(clock), tokensAt(clock, { secretKey: next, previousSecretKey: secretKey })];
  const [old, fresh] = [await before.sign(claims), await after.sign(claims)];
  expect([await after.verify(old), await after.verify(fresh)]).toMatchObject([{ sid: claims.session_id }, {}]);
  const ended = tokensAt(clock, { secretKey: next });
  expect([await ended.verify(old), await before.verify(fresh)]).toEqual([undefined, undefined]);
  expect(await ended.verify(fresh)).toBeDefined();
});

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc ', 'abc'],
  ['BEARER abc', 'abc'],
  ['Basic abc', undefined],
  ['Bearer', undefined],
  ['Bearer a b', undefined],
  ['xBearer abc', undefined],
  ['', undefined],
  [undefined, undefined],
])('the header %j carries %j', (header, token) => {
  expect(bearerToken(header)).toBe(token);
});
