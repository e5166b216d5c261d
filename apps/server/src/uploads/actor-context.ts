import { inTime } from '@taskmaster/api';
import type { ActorContext, Context } from '@taskmaster/api';

/** As `userProcedure` has it. Throws `UNAUTHENTICATED`. */
export async function actorContext(ctx: Context): Promise<ActorContext> {
  const { request_id, ip_address, user_agent, idempotency_key } = ctx;
  return { request_id, ip_address, user_agent, idempotency_key, actor: await inTime(ctx.authenticate()) };
}
