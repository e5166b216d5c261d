import { NotificationEvent, socketCloseCodes } from '@taskmaster/core/contracts';
import { until } from '@taskmaster/testing';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createTestServer } from '../testing/socket-server.ts';
import { describeSurface } from './describe-surface.ts';
import { frameExamples } from './plain-socket.ts';

const Description = z.object({ info: z.object({ description: z.string() }) });
const Typed = z.looseObject({ type: z.string() });
const { pong: _pong, ...events } = frameExamples;

it.each(Object.entries(frameExamples))('%s stands in the document with its example', (type, example) => {
  const { description } = Description.parse(describeSurface()).info;
  expect(description).toContain(`\`${type}\``);
  expect(description).toContain(JSON.stringify(example, null, 2));
});

it.each(Object.entries(socketCloseCodes))('the close code of %s stands in the document', (_, code) => {
  expect(Description.parse(describeSurface()).info.description).toMatch(new RegExp(String.raw`\b${code}\b`));
});

it.each(Object.entries(events))('the example of %s is such an event, with an id', (type, { id, ...event }) => {
  expect(NotificationEvent.parse(event)).toMatchObject({ type });
  expect(id).toMatch(/^[\w-]{40}$/);
});

it('a socket sends frames of every type that is documented, of the same form, and no other', async () => {
  await using server = await createTestServer();
  const user = await server.createUser();
  const frames = new Map<string, string[]>();
  for (const lastEventId of ['', 'nonsense']) {
    const ws = new WebSocket(
      `ws://127.0.0.1:${server.port}/ws/${user.id}?token=${user.token}&last_event_id=${lastEventId}`,
    );
    let heard = 0;
    ws.on('message', (data) => {
      const frame = Typed.parse(JSON.parse(Buffer.isBuffer(data) ? data.toString() : ''));
      frames.set(frame.type, Object.keys(frame).toSorted());
      heard++;
    });
    await until(() => heard === 1, 'what begins it');
    ws.send(JSON.stringify({ type: 'ping' }));
    await server.notify(user);
    await until(() => heard === 3, 'a pong and a notification');
    ws.terminate();
  }
  const documented = Object.entries(frameExamples).map(([type, example]) => [type, Object.keys(example).toSorted()]);
  expect(Object.fromEntries(frames)).toEqual(Object.fromEntries(documented));
});
