import { inTime } from '@taskmaster/api';
import type { ActorContext, Context } from '@taskmaster/api';

/** What `userProcedure` does for a procedure: `operation` is done as whoever asks. Throws `UNAUTHENTICATED`. */
export async function asActor(
  ctx: Context,
  operation: string,
  work: (ctx: ActorContext) => Promise<void>,
): Promise<void> {
  const { request_id, ip_address, user_agent, idempotency_key, services } = ctx;
  const actor = await inTime(ctx.authenticate());
  const actorContext = { request_id, ip_address, user_agent, idempotency_key, actor };
  try {
    await work(actorContext);
  } catch (error) {
    await services.refusals.record(actorContext, operation, error);
    throw error;
  }
}
