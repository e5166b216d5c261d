import type { JsonSchema, Operation } from './operations.ts';
import { jsonBodyOf } from './operations.ts';

/** A place of a request where an id stands. */
export interface IdSlot {
  place: 'path' | 'query' | 'body';
  name: string;
}

const takesId = (schema: JsonSchema): boolean =>
  schema.format === 'uuid' ||
  (schema.anyOf ?? []).some(takesId) ||
  (schema.items !== undefined && takesId(schema.items));

export function idSlotsOf(operation: Operation): IdSlot[] {
  const slots: IdSlot[] = operation.parameters.flatMap(({ in: place, name, schema }) =>
    place !== 'header' && takesId(schema) ? [{ place, name }] : [],
  );
  for (const [name, schema] of Object.entries(jsonBodyOf(operation)?.schema.properties ?? {})) {
    if (takesId(schema)) slots.push({ place: 'body', name });
    // So far every id stands on the first level. The first that does not has to be taught to this test.
    if (Object.values(schema.properties ?? {}).some(takesId))
      throw new Error(`${operation.operationId}: an id in ${name}`);
  }
  return slots;
}
