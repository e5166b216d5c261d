import { randomUUID } from 'node:crypto';
import { Task } from '@taskmaster/core/contracts';
import { Problem } from '@taskmaster/core/errors';
import { idempotentAnswers } from '@taskmaster/core/tables';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { multipart } from '../testing/factories.ts';
import type { Answer } from '../testing/http-client.ts';
import { createTaskOnce, isReplayed, withKey } from '../testing/keyed-requests.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();

const codeOf = (answer: Answer) => answer.as(Problem).code;

describe('a key', () => {
  test.each([
    ['of 1 character', 'x', 201],
    ['of 255', 'x'.repeat(255), 201],
    ['in quotes', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', 201],
    ['of 256', 'x'.repeat(256), 400],
    ['that is empty', '', 400],
    ['with a space', 'a b', 400],
    ['beyond ASCII', 'é', 400],
  ])('%s', async (_, key, status) => {
    const ann = await server().person();
    const answer = await createTaskOnce(ann, key);
    expect(answer.status).toBe(status);
    expect(answer.text.includes('IDEMPOTENCY_KEY_MALFORMED')).toBe(status === 400);
    const { id } = await server().task({ by: ann });
    const upload = { ...multipart('a.txt', 'a') };
    const { status: uploaded } = await ann.ask('POST', `/tasks/${id}/attachments`, undefined, withKey(key, upload));
    expect(uploaded).toBe(status);
  });

  test('is its user’s own, and its operation’s', async () => {
    const [ann, bob] = [await server().person(), await server().person()];
    const key = randomUUID();
    const [one, two] = [await createTaskOnce(ann, key), await createTaskOnce(bob, key)];
    expect(two.as(Task).id).not.toBe(one.as(Task).id);
    const team = await ann.ask('POST', '/teams', { name: 'a team' }, withKey(key));
    expect([team.status, isReplayed(team)]).toEqual([201, false]);
  });

  test.each([
    ['a comment', 'comments', { content: 'a' }, 'TASK_NOT_FOUND'],
    ['an assignment', 'assign', { assigned_to_id: null }, 'TASK_NOT_FOUND'],
    ['a new member', undefined, undefined, 'TEAM_NOT_FOUND'],
  ])('of %s is not answered again to who has lost sight of it', async (_case, part, body, code) => {
    const [ann, bob, eve] = [await server().person(), await server().person(), await server().person()];
    const { id: team_id } = await server().team({ owner: ann, managers: [bob] });
    const { id: task_id } = await server().task({ by: ann, team_id });
    const key = randomUUID();
    const [path, sent] =
      part === undefined ? [`/teams/${team_id}/members`, { user_id: eve.id }] : [`/tasks/${task_id}/${part}`, body];
    const send = () => bob.ask('POST', path, sent, withKey(key));
    expect((await send()).status).toBeLessThan(300);
    expect(isReplayed(await send())).toBe(true);
    await ann.ask('DELETE', `/teams/${team_id}/members/${bob.id}`);
    const answer = await send();
    expect([codeOf(answer), isReplayed(answer)]).toEqual([code, false]);
  });

  test('finds the same input whatever the order of its keys', async () => {
    const ann = await server().person();
    const key = randomUUID();
    await ann.ask('POST', '/tasks', { title: 'a', priority: 'high' }, withKey(key));
    expect(isReplayed(await ann.ask('POST', '/tasks', { priority: 'high', title: 'a' }, withKey(key)))).toBe(true);
  });

  test('of another path is another input', async () => {
    const ann = await server().person();
    const [one, two] = [await server().task({ by: ann }), await server().task({ by: ann })];
    const key = randomUUID();
    for (const [part, body, asking] of [
      ['comments', { content: 'a' }],
      ['attachments', undefined, multipart('a.txt', 'a')],
    ] as const) {
      await ann.ask('POST', `/tasks/${one.id}/${part}`, body, withKey(key, asking));
      const answer = await ann.ask('POST', `/tasks/${two.id}/${part}`, body, withKey(key, asking));
      expect(codeOf(answer)).toBe('IDEMPOTENCY_KEY_REUSED');
    }
  });

  test('is forgotten after 24 hours', async () => {
    const ann = await server().person();
    const key = randomUUID();
    await createTaskOnce(ann, key, 'forgotten');
    const [lifetime] = await server()
      .db.select({
        hours: sql<number>`extract(epoch from max(expires_at) - now()) / 3600`.mapWith(Number),
      })
      .from(idempotentAnswers);
    expect(lifetime?.hours).toBeGreaterThan(23.9);
    expect(lifetime?.hours).toBeLessThanOrEqual(24);
    await server()
      .db.update(idempotentAnswers)
      .set({ expires_at: sql`now()` });
    expect(isReplayed(await createTaskOnce(ann, key, 'something else'))).toBe(false);
    expect(isReplayed(await createTaskOnce(ann, key, 'something else'))).toBe(true);
  });

  test('is forgotten with the request that failed', async () => {
    const ann = await server().person();
    const key = randomUUID();
    const refused = await ann.ask('POST', '/tasks', { title: 'x', assigned_to_id: randomUUID() }, withKey(key));
    expect(refused.status).toBe(422);
    const answer = await createTaskOnce(ann, key);
    expect([answer.status, isReplayed(answer)]).toEqual([201, false]);
  });
});
