import { brokenTokens } from '@taskmaster/api/testing';
import { Problem } from '@taskmaster/core/errors';
import { expect, it } from 'vitest';
import { askRpc } from '../testing/surfaces.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();

async function material() {
  const { token, refresh_token } = await server().person();
  return {
    token,
    broken: brokenTokens({ secretKey: server().env.SECRET_KEY ?? '', token, refreshToken: refresh_token }),
  };
}

it('every broken token is answered with 401, by REST and by RPC, and the good one beside them is not', async () => {
  const { token, broken } = await material();
  // What is longer than headers may be is not even read.
  const readable = Object.entries(broken).filter(([, given]) => given.length < 16_000);
  expect(readable.length).toBeGreaterThanOrEqual(60);
  for (const [name, given] of readable) {
    const { headers, as } = await server().rest('GET', '/users/me', { token: given });
    const { outcome } = await askRpc(server(), { operation: 'users.me', input: {}, token: given });
    expect({ name, rest: as(Problem).code, rpc: outcome }).toEqual({
      name,
      rest: 'UNAUTHENTICATED',
      rpc: 'UNAUTHENTICATED',
    });
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
  }
  expect((await server().rest('GET', '/users/me', { token })).status).toBe(200);
});

it('an access token refreshes nothing, and ends no session', async () => {
  const { token } = await material();
  const body = { refresh_token: token };
  expect((await server().rest('POST', '/auth/refresh', { body })).status).toBe(401);
  expect((await server().rest('POST', '/auth/logout', { body })).status).toBe(204);
  expect((await server().rest('GET', '/users/me', { token })).status).toBe(200);
});
