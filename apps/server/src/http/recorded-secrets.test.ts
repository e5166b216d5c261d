import { expect, it } from 'vitest';
import { TokenPair } from '@taskmaster/core/contracts';
import { createHousehold } from '../testing/belongings.ts';
import { everybodysPassword, multipart } from '../testing/factories.ts';
import { operations } from '../testing/operations.ts';
import type { Operation } from '../testing/operations.ts';
import { requestOf } from '../testing/requests.ts';
import { startTestServer } from '../testing/test-server.ts';
import type { TestServer } from '../testing/test-server.ts';

const mark = 'recognisable-secret';

/** What of a body is secret, by the name of its field. Another name that means a secret has to be added here. */
const secretOf: Readonly<Record<string, string>> = {
  password: `${mark}-password`,
  new_password: `${mark}-new-password`,
  content: `${mark}-comment`,
  refresh_token: `${mark}-refresh-token`,
};

function withSecrets(body: unknown): unknown {
  const fields = Object.entries(Object(body)).map(([name, value]) => [name, secretOf[name] ?? value]);
  return body === undefined ? undefined : Object.fromEntries(fields);
}

const isAdminOnly = ({ responses }: Operation) => JSON.stringify(responses[403] ?? '').includes('ADMIN_ONLY');

/** Every operation of the document: by a liar, by nobody, by a member who is refused much, and as it is meant. */
async function doEverything(server: TestServer): Promise<string[]> {
  const admin = await server.admin();
  // In the example of `teams.addMember` Bob is added by address.
  await server.person({ username: 'bob' });
  // What the factories write in comments and files, too.
  const secrets = [
    mark,
    everybodysPassword,
    'a comment',
    'some bytes',
    admin.token,
    ...(await doWhatExamplesCannot(server)),
  ];
  const toBeRead = await createHousehold(server);
  const undone: string[] = [];
  for (const operation of operations) {
    const { owner, friend, ids } = operation.method === 'GET' ? toBeRead : await createHousehold(server);
    const { path, body, ...asking } = requestOf(operation, ids);
    const isUpload = operation.requestBody?.content['multipart/form-data'] !== undefined;
    const sent = isUpload ? multipart('a.txt', `${mark}-bytes`) : { ...asking, body: withSecrets(body) };
    const meant = isAdminOnly(operation) ? admin.token : owner.token;
    const statuses: number[] = [];
    for (const token of [`${mark}-access-token`, undefined, friend.token, meant]) {
      statuses.push((await server.rest(operation.method, path, { ...sent, token })).status);
    }
    if (!statuses.some((status) => status < 300)) undone.push(operation.operationId);
    secrets.push(...[owner, friend].flatMap(({ token, refresh_token }) => [token, refresh_token]));
  }
  // Their examples have no token that is good, and a name that the example of another has taken.
  expect(undone).toEqual(['auth.refresh', 'users.updateMe']);
  return secrets;
}

async function doWhatExamplesCannot(server: TestServer): Promise<string[]> {
  const ann = await server.person();
  const new_password = `${mark}-right-password`;
  const named = await ann.ask('PUT', '/users/me', { full_name: 'Ann Example' });
  const changed = await ann.ask('PUT', '/users/me/password', { current_password: everybodysPassword, new_password });
  expect([named.status, changed.status]).toEqual([200, 204]);
  const login = await server.rest('POST', '/auth/login', { body: { email: ann.email, password: new_password } });
  const first = login.as(TokenPair);
  const refresh = await server.rest('POST', '/auth/refresh', { body: { refresh_token: first.refresh_token } });
  const second = refresh.as(TokenPair);
  return [first, second].flatMap(({ access_token, refresh_token }) => [access_token, refresh_token]);
}

it('neither the activity log nor the log of the process holds a password, a token, a comment or the bytes of a file', async () => {
  await using server = await startTestServer({ env: { LOG_LEVEL: 'debug', DEBUG: 'true' } });
  const secrets = await doEverything(server);
  const rows = await server.owner<{ action: string; text: string }[]>`
    select a.action, concat_ws(' ', a::text, p::text) as text
      from activity_logs a left join activity_personal_details p on p.log_id = a.id`;
  expect(new Set(rows.map(({ action }) => action)).size).toBeGreaterThan(20);
  const recorded = rows.map(({ text }) => text).join('\n');
  const logged = server.log.lines.join('\n');
  expect(secrets.filter((secret) => recorded.includes(secret))).toEqual([]);
  expect(logged).toContain('teams.addMember');
  expect(secrets.filter((secret) => logged.includes(secret))).toEqual([]);
}, 60_000);
