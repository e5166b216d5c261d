import type { LimitsService } from '../services.ts';
import type { Deps } from '../shared/deps.ts';

export function createLimitsService({ limits }: Pick<Deps, 'limits'>): LimitsService {
  return { countWrite: ({ actor }) => limits.writes.consume(actor.id) };
}
