import { describeError } from '@taskmaster/core/errors';
import type { ErrorCode, FieldError } from '@taskmaster/core/errors';
import { isAdmin } from '@taskmaster/core/policies';
import { withDeadline } from '@taskmaster/database';
import type { RestMeta } from '@taskmaster/rest';
import { initTRPC } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY, TRPCDefaultErrorShape } from '@trpc/server';
import { toFailure } from './errors/failure.ts';
import { authorize } from './shared/authorize.ts';
import type { Context } from './shared/context.ts';

/** A typed error: tRPC's own shape, with our code under `data.error`. Nothing else of the thrown error leaves. */
export interface ErrorShape {
  code: TRPCDefaultErrorShape['code'];
  message: string;
  data: {
    code: TRPC_ERROR_CODE_KEY;
    httpStatus: number;
    path?: string;
    error: { code: ErrorCode; request_id: string; errors?: readonly FieldError[] };
  };
}

const t = initTRPC
  .context<Context>()
  .meta<RestMeta>()
  .create({
    // A stack never leaves the server, not even in development.
    isDev: false,
    sse: { enabled: false },
    errorFormatter({ shape, error, ctx, path }): ErrorShape {
      const failure = toFailure(error);
      return {
        code: shape.code,
        message: failure.detail,
        data: {
          code: describeError(failure.code).rpc,
          httpStatus: failure.status,
          ...(path !== undefined && { path }),
          error: {
            code: failure.code,
            request_id: ctx?.request_id ?? '',
            ...(failure.errors && { errors: failure.errors }),
          },
        },
      };
    },
  });

/** No answer takes longer, whatever the database does: the client hears 503 instead of nothing. */
const operationDeadlineMs = 15_000;

const bounded = t.middleware(({ type, next }) => {
  if (type === 'subscription') return next();
  const deadline = performance.now() + operationDeadlineMs;
  return withDeadline(next({ ctx: { deadline } }), operationDeadlineMs);
});

const authenticated = t.middleware(async ({ type, ctx, next }) => {
  const actor = await ctx.authenticate();
  // Whatever the surface: each call of a batch, and each on a socket, is counted here.
  if (type === 'mutation') await ctx.services.limits.countWrite({ ...ctx, actor });
  return next({ ctx: { actor } });
});

export const router = t.router;
export const publicProcedure = t.procedure.use(bounded);
export const userProcedure = publicProcedure.use(authenticated);

/** Operations for admins alone are authorised by this, and by nothing in their services. */
export const adminProcedure = userProcedure.use(({ ctx, next }) => {
  authorize(isAdmin(ctx.actor), 'ADMIN_ONLY');
  return next();
});
