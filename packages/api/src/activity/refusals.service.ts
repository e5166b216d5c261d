import { AppError, describeError } from '@taskmaster/core/errors';
import type { ErrorCode } from '@taskmaster/core/errors';
import { withDeadline } from '@taskmaster/database';
import { toFailure } from '../errors/failure.ts';
import type { RefusalsService } from '../services.ts';
import type { ActorContext } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { write } from '../shared/write.ts';
import { record } from './activity.repository.ts';

/** The answer waits no longer for its record. */
const patienceMs = 1_000;

export function createRefusalsService(deps: Pick<Deps, 'db' | 'hub' | 'limits' | 'log'>): RefusalsService {
  async function keep(ctx: ActorContext, details: { operation: string; code: ErrorCode }): Promise<void> {
    const deadline = performance.now() + patienceMs;
    const { id } = ctx.actor;
    await deps.limits.refusals.consume(id);
    // In a transaction of its own: that of the refused operation is rolled back.
    await write(deps, { deadline }, (tx) =>
      record(tx, ctx, { action: 'user.refused', entity_type: 'user', entity_id: id, details }),
    );
  }

  return {
    async record(ctx, operation, error) {
      const { code } = toFailure(error);
      if (describeError(code).kind !== 'forbidden') return;
      try {
        await withDeadline(keep(ctx, { operation, code }), patienceMs);
      } catch (failure) {
        // Beyond the budget: counted, and that is all.
        if (failure instanceof AppError && failure.code === 'RATE_LIMITED') return;
        deps.log.warn({ err: failure, request_id: ctx.request_id }, 'a refusal could not be recorded');
      }
    },
  };
}
