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
