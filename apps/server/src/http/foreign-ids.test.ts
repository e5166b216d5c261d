import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Household } from '../testing/belongings.ts';
import { createHousehold } from '../testing/belongings.ts';
import type { Person } from '../testing/factories.ts';
import type { Answer } from '../testing/http-client.ts';
import { idSlotsOf } from '../testing/id-slots.ts';
import type { IdSlot } from '../testing/id-slots.ts';
import { operations } from '../testing/operations.ts';
import type { Operation } from '../testing/operations.ts';
import { requestOf } from '../testing/requests.ts';
import { snapshotOf } from '../testing/snapshot.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();
let mine: Household;
let theirs: Household;
let admin: Person;

beforeAll(async () => {
  // In the example of `teams.addMember` Bob is added by address.
  await server().person({ username: 'bob' });
  admin = await server().admin();
  mine = await createHousehold(server());
  theirs = await createHousehold(server());
});

/** Ids that are somebody else's by nature: whoever is added to a team did not belong to it. */
const meantForOthers = new Set(['teams.addMember body user_id']);

const cases = operations.flatMap((operation) =>
  idSlotsOf(operation).flatMap((slot) => {
    const name = `${operation.operationId} ${slot.place} ${slot.name}`;
    return meantForOthers.has(name) ? [] : [{ name, operation, slot }];
  }),
);
const withIds = operations.filter((operation) => idSlotsOf(operation).length > 0);
const isAdminOnly = ({ responses }: Operation) => JSON.stringify(responses[403] ?? '').includes('ADMIN_ONLY');

const EmptyPage = z.object({ items: z.tuple([]), total: z.literal(0) });

/** A list may also take the id for a filter, and then find nothing. */
function isRefused({ status, json }: Answer, slots: readonly IdSlot[]): boolean {
  const isFiltered = slots.some(({ place }) => place === 'query');
  return [401, 403, 404, 422].includes(status) || (isFiltered && status === 200 && EmptyPage.safeParse(json()).success);
}

/** The request with these ids replaced: what came of it, and all that was stored before and after. */
async function attack(operation: Operation, slots: readonly IdSlot[]) {
  const replaced = Object.fromEntries(slots.map(({ name }) => [name, theirs.ids[name] ?? '']));
  const { path, ...asking } = requestOf(operation, { ...mine.ids, ...replaced }, slots);
  const before = await snapshotOf(server());
  const answer = await server().rest(operation.method, path, { token: mine.owner.token, ...asking });
  const outcome = isRefused(answer, slots) ? 'refused' : `${answer.status} ${answer.text}`;
  return { outcome, before, after: await snapshotOf(server()) };
}

it('covers every kind of thing', () => {
  const names = new Set(cases.map(({ slot }) => slot.name));
  expect([...names].toSorted()).toEqual(Object.keys(mine.ids).toSorted());
});

describe("somebody else's id is refused and changes nothing", () => {
  it.each(cases)('$name', async ({ operation, slot }) => {
    const { outcome, before, after } = await attack(operation, [slot]);
    expect(outcome).toBe('refused');
    expect(after).toEqual(before);
  });

  it.each(withIds)('$operationId: all ids', async (operation) => {
    const slots = cases.filter((one) => one.operation === operation).map(({ slot }) => slot);
    const { outcome, before, after } = await attack(operation, slots);
    expect(outcome).toBe('refused');
    expect(after).toEqual(before);
  });
});

// Without this a request that is refused for another reason would pass for a refusal of the id.
describe('with an id of my own the same request succeeds', () => {
  it.each(withIds)('$operationId', async (operation) => {
    const { owner, ids } = await createHousehold(server());
    const { path, ...asking } = requestOf(operation, ids);
    const token = isAdminOnly(operation) ? admin.token : owner.token;
    const { status, text } = await server().rest(operation.method, path, { token, ...asking });
    expect(`${status} ${text}`).toMatch(/^20[014] /);
  });
});
