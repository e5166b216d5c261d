import type { Actor } from '@taskmaster/core/policies';
import { uuidv7 } from 'uuidv7';
import { afterEach, expect, test, vi } from 'vitest';
import { createServices } from '../create-services.ts';
import { appRouter } from '../router.ts';
import type { Services } from '../services.ts';
import type { ActorContext, Context } from './context.ts';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => undefined);
const actor: Actor = { id: 'nobody', role: 'user', session_id: 'none' };

const hangs: readonly [what: string, hang: (ctx: Context) => Context][] = [
  ['an operation', (ctx) => ({ ...ctx, services: { ...ctx.services, users: { ...ctx.services.users, me: never } } })],
  ['the look at who asks', (ctx) => ({ ...ctx, authenticate: never })],
];

test.each(hangs)('%s that does not end is answered after 4.5 seconds', async (_, hang) => {
  const services = createServices(world().deps);
  const authenticate = async () => actor;
  const ctx: Context = { request_id: 'test', ip_address: null, user_agent: null, services, authenticate };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asking = outcomeOf(appRouter.createCaller(hang(ctx)).users.me());
  const answered = vi.fn<() => void>();
  void asking.then(answered);
  await vi.advanceTimersByTimeAsync(4_400);
  expect(answered).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(await asking).toBe('UNAVAILABLE');
});

const ctx: ActorContext = { actor, request_id: 'test', ip_address: null, user_agent: null };
const ids = { task_id: uuidv7(), attachment_id: uuidv7() };
const transfers: readonly [what: string, ask: (attachments: Services['attachments']) => Promise<unknown>][] = [
  ['an upload', (attachments) => attachments.upload(ctx, ids, never)],
  ['a download', (attachments) => attachments.download(ctx, ids)],
];

test.each(transfers)('the look before %s, which has no deadline, is answered after 4.5 seconds', async (_, ask) => {
  const { attachments } = createServices(world().deps);
  await world().owner.begin(async (tx) => {
    await tx`lock table tasks in access exclusive mode`;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answered = vi.fn<(outcome: unknown) => void>();
    void outcomeOf(ask(attachments)).then(answered);
    await vi.advanceTimersByTimeAsync(4_600);
    expect(answered.mock.calls).toEqual([['UNAVAILABLE']]);
    vi.useRealTimers();
  });
});
