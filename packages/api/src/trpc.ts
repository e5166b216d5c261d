import { isAdmin } from '@taskmaster/core/policies';
import type { Actor } from '@taskmaster/core/policies';
import type { RestMeta } from '@taskmaster/rest';
import { initTRPC } from '@trpc/server';
import type { TRPCProcedureType } from '@trpc/server';
import { toErrorShape } from './errors/error-shape.ts';
import { toFailure } from './errors/failure.ts';
import { requestIdOf } from './errors/request-ids.ts';
import { authorize } from './shared/authorize.ts';
import type { Context } from './shared/context.ts';
import { inTime, operationDeadlineMs } from './shared/operation-deadline.ts';

const t = initTRPC
  .context<Context>()
  .meta<RestMeta>()
  .create({
    // A stack never leaves the server, not even in development.
    isDev: false,
    sse: { enabled: false },
    errorFormatter: ({ error, ctx, path }) =>
      toErrorShape(toFailure(error), { request_id: ctx?.request_id ?? requestIdOf(error), path }),
  });

/** The clock starts when the input is there: how long a body may take to arrive is limited where it is read. */
const bounded = t.middleware(async ({ type, getRawInput, next }) => {
  if (type === 'subscription') return next();
  await getRawInput();
  const deadline = performance.now() + operationDeadlineMs;
  return inTime(next({ ctx: { deadline } }));
});

/** Whatever the surface: each call of a batch, and each on a socket, is counted here. */
async function admit(type: TRPCProcedureType, ctx: Context): Promise<Actor> {
  const actor = await ctx.authenticate();
  if (type === 'mutation') await ctx.services.limits.countWrite({ ...ctx, actor });
  return actor;
}

const authenticated = t.middleware(async ({ type, ctx, next }) =>
  next({ ctx: { actor: await inTime(admit(type, ctx)) } }),
);

export const router = t.router;
export const publicProcedure = t.procedure.use(bounded);

/** What REST has as a POST may carry an Idempotency-Key, on every surface. A key is its user's own. */
const repeatable = t.middleware(async ({ ctx, meta, path, getRawInput, next }) => {
  const { idempotency_key: key, services } = ctx;
  if (key === undefined || meta?.openapi?.method !== 'POST') return next();
  const user_id = meta.openapi.protect === false ? '' : (await ctx.authenticate()).id;
  return next({
    ctx: { repeatable: services.idempotency.identify(key, { user_id, operation: path, input: await getRawInput() }) },
  });
});

/**
 * Who asks comes before what is asked: the body of a stranger is not read. Then what sees every refusal of the rest, on
 * REST, typed RPC and sockets.
 */
export const userProcedure = t.procedure
  .use(authenticated)
  .use(async ({ ctx, path, next }) => {
    const result = await next();
    if (!result.ok) await ctx.services.refusals.record(ctx, path, result.error);
    return result;
  })
  .use(bounded)
  .use(repeatable);

/**
 * A POST of somebody who is nobody yet. Not the default without a token: an answer that holds tokens must not be kept.
 */
export const repeatablePublicProcedure = publicProcedure.use(repeatable);

/** Operations for admins alone are authorised by this, and by nothing in their services. */
export const adminProcedure = userProcedure.use(({ ctx, next }) => {
  authorize(isAdmin(ctx.actor), 'ADMIN_ONLY');
  return next();
});
