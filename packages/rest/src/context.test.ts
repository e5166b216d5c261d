import { initTRPC } from '@trpc/server';
import { expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { RestMeta } from './meta.ts';
import type { ContextSource, RestHandlerOptions } from './options.ts';
import { serve } from './testing/test-surface.ts';

interface Context {
  readonly user: string | undefined;
  readonly operation: string;
}
const t = initTRPC.context<Context>().meta<RestMeta>().create({ isDev: false });
const router = t.router({
  whoami: t.procedure
    .meta({ openapi: { method: 'GET', path: '/whoami' } })
    .input(z.strictObject({}))
    .output(z.strictObject({ user: z.string().optional(), operation: z.string() }))
    .query(({ ctx }) => ctx),
});

it('gives the procedure the context made of its request', async () => {
  const createContext = async ({ req, operation }: ContextSource): Promise<Context> => {
    await Promise.resolve();
    return { user: req.headers.authorization, operation: `${operation.id} ${operation.method} ${operation.path}` };
  };
  await using server = await serve(router, { createContext });
  const { json } = await server.call('GET', '/api/whoami', { headers: { authorization: 'ann' } });
  expect(json).toEqual({ user: 'ann', operation: 'whoami GET /whoami' });
});

it('wants the very context of the router', () => {
  type Made = ReturnType<RestHandlerOptions<typeof router>['createContext']>;
  expectTypeOf<Made>().toEqualTypeOf<Context | Promise<Context>>();
});
