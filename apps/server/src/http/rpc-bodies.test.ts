import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer, Asking } from '../testing/http-client.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();
let token: string;
beforeAll(async () => {
  ({ token } = await server().person());
});

const json = { 'content-type': 'application/json' };
const task = '{"title":"x"}';

/** Where an error says its code: over REST, over typed RPC. */
const Heard = z.union([
  z.object({ error: z.object({ data: z.object({ error: z.object({ code: z.string() }) }) }) }),
  z.object({ code: z.string() }),
]);

function outcomeOf({ status, as }: Answer): string {
  if (status < 300) return 'taken';
  const heard = as(Heard);
  return `${status} ${'error' in heard ? heard.error.data.error.code : heard.code}`;
}

/** What both surfaces say to the same body. */
async function sendBoth(asking: Asking): Promise<string> {
  const rest = outcomeOf(await server().rest('POST', '/tasks', { token, ...asking }));
  expect(outcomeOf(await server().call('POST', '/trpc/tasks.create', { token, ...asking }))).toBe(rest);
  return rest;
}

const typed = (type: string): Asking => ({ raw: task, headers: { 'content-type': type } });

it.each<[string, Asking, string]>([
  ['JSON', { raw: task, headers: json }, 'taken'],
  ['JSON in UTF-8', typed('application/json; charset=utf-8'), 'taken'],
  ['JSON in UTF-8, in other letters', typed('Application/JSON ;Charset="UTF-8"'), 'taken'],
  ['JSON behind a byte order mark', { raw: `\uFEFF${task}`, headers: json }, 'taken'],
  ['identity', { raw: task, headers: { ...json, 'content-encoding': 'identity' } }, 'taken'],
  ['what is not UTF-8', { raw: Buffer.from('{"title":"\xff"}', 'latin1'), headers: json }, '400 MALFORMED_JSON'],
  ['half a document', { raw: '{', headers: json }, '400 MALFORMED_JSON'],
  ['gzip', { raw: gzipSync(task), headers: { ...json, 'content-encoding': 'gzip' } }, '415 UNSUPPORTED_MEDIA_TYPE'],
  ['gzip in name', { raw: task, headers: { ...json, 'content-encoding': 'gzip' } }, '415 UNSUPPORTED_MEDIA_TYPE'],
  ['UTF-16', typed('application/json; charset=utf-16'), '415 UNSUPPORTED_MEDIA_TYPE'],
  ['Latin-1', typed('application/json;charset=iso-8859-1'), '415 UNSUPPORTED_MEDIA_TYPE'],
  ['text', typed('text/plain'), '415 UNSUPPORTED_MEDIA_TYPE'],
  ['JSON of another kind', typed('application/ld+json'), '415 UNSUPPORTED_MEDIA_TYPE'],
  ['a form', typed('application/x-www-form-urlencoded'), '415 UNSUPPORTED_MEDIA_TYPE'],
  // tRPC would take these two, and hand the bytes to the mutation.
  ['bytes', typed('application/octet-stream'), '415 UNSUPPORTED_MEDIA_TYPE'],
  ['parts', typed('multipart/form-data; boundary=x'), '415 UNSUPPORTED_MEDIA_TYPE'],
  ['no type', { raw: task }, '415 UNSUPPORTED_MEDIA_TYPE'],
  ['nothing', {}, '422 VALIDATION_FAILED'],
  ['nothing, of whatever type', { headers: { 'content-type': 'text/plain' } }, '422 VALIDATION_FAILED'],
])('%s is taken or refused by typed RPC as by REST', async (_, asking, expected) => {
  expect(await sendBoth(asking)).toBe(expected);
});

it('a body where none is read is refused, whatever its type', async () => {
  for (const type of ['application/json', 'multipart/form-data; boundary=x', 'application/octet-stream']) {
    const asking = { token, raw: '{"a":1}', headers: { 'content-type': type } };
    for (const path of ['/api/v1/users/me', '/trpc/users.me']) {
      expect(outcomeOf(await server().call('GET', path, asking))).toBe('422 VALIDATION_FAILED');
    }
    // The type of nothing says nothing.
    const headers = { 'content-type': type };
    expect(outcomeOf(await server().call('GET', '/trpc/users.me', { token, headers }))).toBe('taken');
  }
});

it.each(['tasks.list', 'teams.list', 'notifications.list', 'activity.mine', 'sessions.list', 'users.list'])(
  '%s takes no input at all, as over REST no query',
  async (name) => {
    const { token: ofAdmin } = await server().person({ role: 'admin' });
    expect(outcomeOf(await server().call('GET', `/trpc/${name}`, { token: ofAdmin }))).toBe('taken');
  },
);

it('a POST that takes no input works without a body and without a content type', async () => {
  expect(outcomeOf(await server().call('POST', '/trpc/notifications.markAllRead', { token }))).toBe('taken');
  expect(outcomeOf(await server().call('POST', '/trpc/notifications.markAllRead?batch=1', { token }))).toBe('taken');
});
