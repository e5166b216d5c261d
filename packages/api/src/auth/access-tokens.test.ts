import { secretKey } from '@taskmaster/testing';
import { SignJWT } from 'jose';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { createAccessTokens } from './access-tokens.ts';
import { bearerToken } from './authenticate.ts';

const claims = { user_id: uuidv7(), session_id: uuidv7() };
const start = Date.UTC(2026, 0, 1);

function tokensAt(clock: { now: number }, options: { secretKey?: string; algorithm?: 'HS256' | 'HS512' } = {}) {
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

const key = new TextEncoder().encode(secretKey);
const forge = (change: (jwt: SignJWT) => SignJWT, alg = 'HS256') =>
  change(
    new SignJWT({ sid: claims.session_id })
      .setProtectedHeader({ alg })
      .setSubject(claims.user_id)
      .setIssuer('taskmaster-pro')
      .setAudience('taskmaster-pro')
      .setExpirationTime(start / 1000 + 900),
  ).sign(key);

test('what was made by hand for these tests would pass, but for the change', async () => {
  expect(await tokensAt({ now: start }).verify(await forge((jwt) => jwt))).toBeDefined();
});

test.each<[string, () => Promise<string>]>([
  ['another key', () => tokensAt({ now: start }, { secretKey: 'another key that is long enough too' }).sign(claims)],
  ['another algorithm with the same key', () => forge((jwt) => jwt, 'HS512')],
  ['another audience', () => forge((jwt) => jwt.setAudience('other'))],
  ['another issuer', () => forge((jwt) => jwt.setIssuer('other'))],
  ['a subject that is no id', () => forge((jwt) => jwt.setSubject('root'))],
  ['an expiry long ago', () => forge((jwt) => jwt.setExpirationTime(1))],
  ['no signature', async () => `${(await forge((jwt) => jwt)).split('.').slice(0, 2).join('.')}.`],
  [
    'the algorithm none',
    async () => {
      const [, payload = ''] = (await forge((jwt) => jwt)).split('.');
      return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    },
  ],
  ['no token at all', async () => 'a b c'],
  ['nothing', async () => ''],
  ['a book', async () => 'x'.repeat(100_000)],
])('is refused: %s', async (_, make) => {
  expect(await tokensAt({ now: start }).verify(await make())).toBeUndefined();
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
