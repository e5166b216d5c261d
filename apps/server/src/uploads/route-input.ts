import type { IncomingMessage } from 'node:http';
import type { ActorContext, Context } from '@taskmaster/api';
import { z } from 'zod';

const NoQuery = z.strictObject({});

/**
 * The input of a route outside of tRPC: what stands in its path, by the schema of the operation. It takes no query.
 * Throws a ZodError, which is answered by 422.
 */
export function routeInput<Schema extends z.ZodType>(
  schema: Schema,
  req: IncomingMessage,
  params: Readonly<Record<string, string>>,
): z.infer<Schema> {
  const mark = req.url?.indexOf('?') ?? -1;
  const query = mark === -1 ? '' : (req.url?.slice(mark + 1) ?? '');
  NoQuery.parse(Object.fromEntries(new URLSearchParams(query)));
  return schema.parse(params);
}

/** As `userProcedure` has it. Throws `UNAUTHENTICATED`. */
export async function actorContext(ctx: Context): Promise<ActorContext> {
  const { request_id, ip_address, user_agent } = ctx;
  return { request_id, ip_address, user_agent, actor: await ctx.authenticate() };
}
