import type { IdempotencyService } from '../services.ts';
import type { Deps } from '../shared/deps.ts';
import { identify } from './identify.ts';

export function createIdempotencyService(deps: Pick<Deps, 'fingerprint'>): IdempotencyService {
  return { identify: (key, request) => identify(deps, key, request) };
}
