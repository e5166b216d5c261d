import { expect, test } from 'vitest';
import { operations } from '../testing/operations.ts';
import { useTestServer } from '../testing/use-test-server.ts';
import { restBasePath } from './rest.ts';

const server = useTestServer();

test('a change of the members answers the tag of the team, which the next change may name', async () => {
  const [ann, bob] = [await server().person(), await server().person()];
  const made = await ann.ask('POST', '/teams', { name: 'Platform' });
  const team = String(made.headers.location).slice(restBasePath.length);
  const ifMatch = (tag: string | undefined) => ({ headers: { 'if-match': String(tag) } });

  const added = await ann.ask('POST', `${team}/members`, { user_id: bob.id }, ifMatch(made.headers.etag));
  expect([added.status, added.headers.etag]).toEqual([201, '"2"']);
  const member = `${team}/members/${bob.id}`;
  const promoted = await ann.ask('PATCH', member, { role: 'manager' }, ifMatch(added.headers.etag));
  expect([promoted.status, promoted.headers.etag]).toEqual([200, '"3"']);
  const same = await ann.ask('PATCH', member, { role: 'manager' }, ifMatch(promoted.headers.etag));
  expect([same.status, same.headers.etag]).toEqual([200, '"3"']);
  for (const tag of [added.headers.etag, '"03"', '"3-"', '"3-x"', 'W/"3"', '3']) {
    expect((await ann.ask('PATCH', member, { role: 'member' }, ifMatch(tag))).status).toBe(412);
  }
  expect((await ann.ask('DELETE', member, undefined, ifMatch(promoted.headers.etag))).status).toBe(204);
});

test('whatever takes If-Match and answers with a body says in the document that it answers an ETag', () => {
  const taking = operations.filter(({ parameters }) => parameters?.some(({ name }) => name === 'If-Match'));
  const silent = taking.filter(
    ({ responses }) => !('204' in responses) && !JSON.stringify(responses).includes('"ETag"'),
  );
  expect(taking).not.toEqual([]);
  expect(silent.map(({ operationId }) => operationId)).toEqual([]);
});
