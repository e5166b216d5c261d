import { AppError } from '@taskmaster/core/errors';
import { activityLogs } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { and, asc, eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openSocket, openTyped } from '../testing/socket-client.ts';
import { useTestServer } from '../testing/use-test-server.ts';
import { bodyOf, createUploadSurface, multipart } from '../testing/upload-surface.ts';

const server = useTestServer();

async function refusedTo(db: Database, actor_id: string) {
  const rows = await db
    .select({ details: activityLogs.details })
    .from(activityLogs)
    .where(and(eq(activityLogs.actor_id, actor_id), eq(activityLogs.action, 'user.refused')))
    .orderBy(asc(activityLogs.seq));
  return rows.map(({ details }) => `${String(details['operation'])} ${String(details['code'])}`);
}

it('a refusal is recorded once, over REST, typed RPC, and both kinds of socket', async () => {
  const { person, rest, db } = server();
  const ann = await person();
  expect((await rest('GET', '/admin/stats', { token: ann.token })).status).toBe(403);
  expect((await server().rpc('query', 'admin.users', {}, { token: ann.token })).status).toBe(403);
  const typed = await openTyped(server(), ann);
  typed.send({ id: 1, jsonrpc: '2.0', method: 'query', params: { path: 'admin.tasks', input: {} } });
  await typed.find(({ id, error }) => id === 1 && error !== undefined, 'the refusal');
  typed.ws.terminate();
  const another = await person();
  await expect(openSocket(server(), `/ws/${another.id}?token=${ann.token}`)).rejects.toThrow('refused with 403');
  expect(await refusedTo(db, ann.id)).toEqual([
    'admin.stats ADMIN_ONLY',
    'admin.users ADMIN_ONLY',
    'admin.tasks ADMIN_ONLY',
    'notifications.onCreate FORBIDDEN',
  ]);
});

it('a refusal of what streams bytes is recorded once', async () => {
  await using surface = await createUploadSurface({
    wrap: (storage) => ({ ...storage, writeTemp: () => Promise.reject(new AppError('FORBIDDEN')) }),
  });
  const { status } = await surface.send({
    headers: { 'content-type': multipart },
    body: bodyOf('some bytes'),
  });
  expect(status).toBe(403);
  expect(await refusedTo(surface.db, surface.user_id)).toEqual(['attachments.upload FORBIDDEN']);
});
