import { expect, test, vi } from 'vitest';
import { createUploadSurface } from '../testing/upload-surface.ts';
import { asActor } from './as-actor.ts';

test('the look at who asks is answered after 4.5 seconds: a transfer has no deadline', async () => {
  await using surface = await createUploadSurface();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const never = () => new Promise<never>(() => undefined);
  const { services } = surface;
  const ctx = { request_id: 'test', ip_address: null, user_agent: null, services, authenticate: never };
  const refused = vi.fn<(reason: unknown) => void>();
  asActor(ctx, 'attachments.upload', never).catch(refused);
  await vi.advanceTimersByTimeAsync(4_600);
  vi.useRealTimers();
  expect(refused.mock.calls).toMatchObject([[{ name: 'DatabaseDeadlineError' }]]);
  expect(surface.faults).toEqual([]);
});
