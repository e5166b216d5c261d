import { createAccessTokens, createPasswords } from '@taskmaster/api';
import type { ActorName, Cell, PermissionWorld } from '@taskmaster/api/testing';
import { createPermissionWorld, permissionCells } from '@taskmaster/api/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Heard } from '../testing/surfaces.ts';
import { askRest, askRpc, withoutChance } from '../testing/surfaces.ts';
import type { TestServer } from '../testing/test-server.ts';
import { useTestServer } from '../testing/use-test-server.ts';

// Each surface has a server of its own, on which the same is done in the same order.
const restServer = useTestServer();
const rpcServer = useTestServer();

const cells = permissionCells();
const groups = Map.groupBy(cells, ({ operation, subject }) => `${operation} of ${subject}`);
const isHarmless = ({ kind, expected }: Cell) => kind === 'query' || expected !== 'OK';

let passwordHash: string;
const shared = new Map<TestServer, PermissionWorld>();

beforeAll(async () => {
  passwordHash = await (await createPasswords()).hash('correct-horse-battery');
  for (const server of [restServer(), rpcServer()]) {
    shared.set(server, await createPermissionWorld(server.db, passwordHash));
  }
});

/** What is done is done in a world of its own. */
const worldFor = (server: TestServer, cell: Cell) =>
  (isHarmless(cell) ? shared.get(server) : undefined) ?? createPermissionWorld(server.db, passwordHash);

async function hear(ask: typeof askRest, server: TestServer, cell: Cell): Promise<Heard> {
  const { fixture, askers } = await worldFor(server, cell);
  const asker = cell.actor === 'anonymous' ? undefined : askers[cell.actor];
  const { SECRET_KEY: secretKey = '', ALGORITHM: algorithm } = server.env;
  const tokens = createAccessTokens({ secretKey, algorithm, lifetimeSeconds: 900 });
  const token = asker && (await tokens.sign({ user_id: asker.id, session_id: asker.session_id }));
  const input = cell.input(fixture, asker?.id ?? 'nobody');
  return withoutChance(await ask(server, { operation: cell.operation, input, token }));
}

describe(`${cells.length} cells of the permission table, over REST and over typed RPC: the same answer`, () => {
  it.each([...groups])('%s', async (_, group) => {
    const expected: Partial<Record<ActorName, string>> = {};
    const outcomes: Partial<Record<ActorName, string>> = {};
    for (const cell of group) {
      const [rest, rpc] = await Promise.all([hear(askRest, restServer(), cell), hear(askRpc, rpcServer(), cell)]);
      expect({ actor: cell.actor, ...rpc }).toEqual({ actor: cell.actor, ...rest });
      expected[cell.actor] = cell.expected;
      outcomes[cell.actor] = rest.outcome;
    }
    expect(outcomes).toEqual(expected);
  });
});
