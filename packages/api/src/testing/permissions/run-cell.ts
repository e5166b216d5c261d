import { AppError } from '@taskmaster/core/errors';
import type { createPeople } from '../people.ts';
import type { PermissionWorld } from './fixture.ts';
import type { Cell } from './cells.ts';

/** Calls a cell's operation as its actor. */
export async function callCell(
  { anonymous, inSession }: Pick<ReturnType<typeof createPeople>, 'anonymous' | 'inSession'>,
  { operation, input, actor }: Pick<Cell, 'operation' | 'input' | 'actor'>,
  { fixture, askers }: PermissionWorld,
): Promise<unknown> {
  const asker = actor === 'anonymous' ? undefined : askers[actor];
  const api = asker ? inSession({ sub: asker.id, sid: asker.session_id }) : anonymous;
  const [slice = '', name = ''] = operation.split('.');
  const procedures: unknown = Reflect.get(api, slice);
  const procedure: unknown = typeof procedures === 'function' ? Reflect.get(procedures, name) : undefined;
  if (typeof procedure !== 'function') throw new AppError('ROUTE_NOT_FOUND');
  const answer: unknown = await Reflect.apply(procedure, undefined, [input(fixture, asker?.id ?? 'nobody')]);
  return answer;
}
