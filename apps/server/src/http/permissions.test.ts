import { createAccessTokens, createDiskStorage, createPasswords } from '@taskmaster/api';
import type { ActorName, Cell, PermissionWorld } from '@taskmaster/api/testing';
import {
  attachmentKeysOf,
  createPermissionWorld,
  isProcedureCell,
  permissionCells,
  permissionTable,
} from '@taskmaster/api/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../testing/operations.ts';
import type { Call, Heard } from '../testing/surfaces.ts';
import { askRest, askRoute, askRpc, withoutChance } from '../testing/surfaces.ts';
import type { TestServer } from '../testing/test-server.ts';
import { useTestServer } from '../testing/use-test-server.ts';

// Each surface has a server of its own, on which the same is done in the same order.
const restServer = useTestServer();
const rpcServer = useTestServer();

const cells = permissionCells();
const procedures = cells.filter(isProcedureCell);
const routes = cells.filter((cell) => !isProcedureCell(cell));
const isHarmless = ({ kind, expected }: Cell) => kind === 'query' || kind === 'download' || expected !== 'OK';
const groupsOf = (some: readonly Cell[]) => Map.groupBy(some, ({ operation, subject }) => `${operation} of ${subject}`);

let passwordHash: string;
const shared = new Map<TestServer, PermissionWorld>();

beforeAll(async () => {
  passwordHash = await (await createPasswords()).hash('correct-horse-battery');
  for (const server of [restServer(), rpcServer()]) {
    shared.set(server, await createPermissionWorld(server.db, passwordHash));
  }
  const storage = createDiskStorage({ folder: restServer().env.UPLOAD_DIR });
  for (const key of attachmentKeysOf(await worldFor(restServer(), 'shared'))) {
    await storage.writeTemp(
      key,
      (async function* () {
        yield Buffer.from('x');
      })(),
    );
    await storage.promote(key);
  }
});

/** What is done is done in a world of its own. */
const worldFor = (server: TestServer, which: 'shared' | 'new') =>
  (which === 'shared' ? shared.get(server) : undefined) ?? createPermissionWorld(server.db, passwordHash);

type Ask = (server: TestServer, call: Call) => Promise<Heard>;

async function hear(ask: Ask, server: TestServer, cell: Cell): Promise<Heard> {
  const { fixture, askers } = await worldFor(server, isHarmless(cell) ? 'shared' : 'new');
  const asker = cell.actor === 'anonymous' ? undefined : askers[cell.actor];
  const { SECRET_KEY: secretKey = '', ALGORITHM: algorithm } = server.env;
  const tokens = createAccessTokens({ secretKey, algorithm, lifetimeSeconds: 900 });
  const token = asker && (await tokens.sign({ user_id: asker.id, session_id: asker.session_id }));
  const input = cell.input(fixture, asker?.id ?? 'nobody');
  return withoutChance(await ask(server, { operation: cell.operation, input, token }));
}

const expectedOf = (group: readonly Cell[]): Partial<Record<ActorName, string>> =>
  Object.fromEntries(group.map(({ actor, expected }) => [actor, expected]));

it('the table speaks of every operation of the document but the document itself', () => {
  const described = operations.map(({ operationId }) => operationId).filter((id) => id !== 'openapi');
  expect(permissionTable.map(({ operation }) => operation).toSorted()).toEqual(described.toSorted());
});

describe(`${procedures.length} of ${cells.length} cells, over REST and over typed RPC: the same answer`, () => {
  it.each([...groupsOf(procedures)])('%s', async (_, group) => {
    const outcomes: Partial<Record<ActorName, string>> = {};
    for (const cell of group) {
      const [rest, rpc] = await Promise.all([hear(askRest, restServer(), cell), hear(askRpc, rpcServer(), cell)]);
      expect({ actor: cell.actor, ...rpc }).toEqual({ actor: cell.actor, ...rest });
      outcomes[cell.actor] = rest.outcome;
    }
    expect(outcomes).toEqual(expectedOf(group));
  });
});

describe(`${routes.length} of ${cells.length} cells, of what streams bytes, over REST`, () => {
  const kept = async () => {
    const { sql } = restServer();
    const [row] = await sql`
      select (select count(*)::int from attachments) attachments, 
        (select count(*)::int from activity_logs where action <> 'user.refused') activity`;
    return row;
  };

  it.each([...groupsOf(routes)])('%s', async (_, group) => {
    const outcomes: Partial<Record<ActorName, string>> = {};
    const before = await kept();
    for (const cell of group.filter(isHarmless)) {
      outcomes[cell.actor] = (await hear(askRoute, restServer(), cell)).outcome;
    }
    expect(await kept(), 'a refusal changed something').toEqual(before);
    for (const cell of group.filter((one) => !isHarmless(one))) {
      outcomes[cell.actor] = (await hear(askRoute, restServer(), cell)).outcome;
    }
    expect(outcomes).toEqual(expectedOf(group));
  });
});
