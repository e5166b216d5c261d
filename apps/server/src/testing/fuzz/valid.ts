import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { JsonSchema } from '../operations.ts';

/** Stands for an id that exists when the request is sent: the tests that run fill it in. */
export const idMark = (name: string, pick: number) => `$id:${name}:${pick}$`;

/** The ids that stand for marks, from what is there now. */
export const fillMarks = (text: string, idsOf: (name: string) => readonly string[]) =>
  text.replaceAll(/\$id:(\w+):(\d+)\$/g, (_, name: string, pick: string) => {
    const ids = idsOf(name);
    return ids[Number(pick) % Math.max(1, ids.length)] ?? '00000000-0000-7000-8000-000000000000';
  });

/** Values of a schema of the document. `name` is the field's: it says of what kind an id is. */
export function validValue(schema: JsonSchema, name: string): Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => validValue(one, name)));
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 1_000, 1_000) });
    case 'array':
      return fc.array(validValue(schema.items ?? {}, name), {
        minLength: 1,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'object':
      return validFields(schema);
    case 'string':
      return validText(schema, name);
    default:
      throw new Error(`${name} has a schema that this test has to be taught: ${JSON.stringify(schema)}`);
  }
}

/** With any of what is optional, or with one of it: some fields exclude each other. */
export function validFields({ properties = {}, required = [] }: JsonSchema): Arbitrary<Record<string, unknown>> {
  const all = Object.entries(properties).map(([name, schema]) => [name, validValue(schema, name)] as const);
  const needed = all.filter(([name]) => required.includes(name));
  const optional = all.filter(([name]) => !required.includes(name));
  const any = fc.record(Object.fromEntries(all), { requiredKeys: [...required] });
  return fc.oneof(any, ...optional.map((one) => fc.record(Object.fromEntries([...needed, one]))));
}

const times = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });

function validText({ format, pattern, minLength = 0, maxLength = 30 }: JsonSchema, name: string): Arbitrary<string> {
  if (format === 'uuid') return fc.nat(1_000).map((pick) => idMark(name, pick));
  if (format === 'date-time') return times.map((date) => date.toISOString());
  if (format === 'email') return fc.nat(10_000).map((n) => `fuzz-${n}@example.com`);
  if (pattern !== undefined)
    return fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, 30).padEnd(3, '0'));
  return fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 30)) });
}
