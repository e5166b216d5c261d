import type { z } from 'zod';
import { UsageError } from './usage-error.ts';

/** The value by the rule of the wire contract. `name` is what the operator typed it as. */
export function checkArgument<Schema extends z.ZodType>(name: string, schema: Schema, value: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UsageError(`${name}: ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
  return parsed.data;
}
