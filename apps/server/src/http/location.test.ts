import { TokenPair } from '@taskmaster/core/contracts';
import { beforeAll, expect, it } from 'vitest';
import { createHousehold } from '../testing/belongings.ts';
import { operations } from '../testing/operations.ts';
import { requestOf } from '../testing/requests.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();
const making = operations.filter(({ responses }) => '201' in responses);

// The one whom the example of addMember names.
beforeAll(async () => {
  await server().person({ username: 'bob' });
});

it.each(making.map((operation) => [operation.operationId, operation] as const))(
  'the Location of what %s makes can be fetched',
  async (_, operation) => {
    const [home, admin] = [await createHousehold(server()), await server().admin()];
    const { path, ...asking } = requestOf(operation, home.ids);
    const { status, headers, text } = await server().rest(operation.method, path, { token: admin.token, ...asking });
    expect({ status, text }).toMatchObject({ status: 201 });
    expect((await server().call('GET', String(headers.location), { token: admin.token })).status).toBe(200);
  },
);

it('whoever registers may read where it says they are', async () => {
  const person = { username: 'newcomer', email: 'newcomer@example.com', password: 'correct-horse-battery' };
  const { headers } = await server().rest('POST', '/auth/register', { body: person });
  expect(headers.location).toBe('/api/v1/users/me');
  const login = await server().rest('POST', '/auth/login', {
    body: { email: person.email, password: person.password },
  });
  const { access_token: token } = login.as(TokenPair);
  const mine = await server().call('GET', String(headers.location), { token });
  expect(mine.json()).toMatchObject({ username: 'newcomer' });
});
