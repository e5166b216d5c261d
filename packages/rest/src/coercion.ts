import { definitionOf, isSchema, unwrap, type Schema } from './schema.ts';

/** How the strings of one path or query parameter become what its schema expects. */
export interface Coercion {
  /** Whether a single value is wrapped into an array. */
  readonly isArray: boolean;
  /** Turns one string into a number or boolean where the schema wants it and the string is one; else leaves it alone. */
  readonly value: (text: string) => unknown;
}

/** What a schema takes, as far as a string can tell. */
interface Taken {
  any: boolean;
  readonly texts: Set<string>;
  number: boolean;
  boolean: boolean;
  array: boolean;
  scalar: boolean;
}

// Plain decimals only: '', ' 1', '1e3' and '0x10' are numbers to Number(), and typing errors to everyone else.
const decimal = /^-?\d+(?:\.\d+)?$/;

/** Computed once from the schema, which is never changed: RPC calls share it and must not begin to coerce. */
export function compileCoercion(schema: Schema): Coercion {
  const taken: Taken = { any: false, texts: new Set(), number: false, boolean: false, array: false, scalar: false };
  inspect(schema, taken, new Set());
  const { any, texts, number, boolean } = taken;
  return {
    isArray: taken.array && !taken.scalar,
    value: any || (!number && !boolean) ? (text) => text : (text) => (texts.has(text) ? text : convert(text, taken)),
  };
}

function convert(text: string, { number, boolean }: Taken): unknown {
  if (number && decimal.test(text)) return Number(text);
  if (boolean && text === 'true') return true;
  if (boolean && text === 'false') return false;
  return text;
}

function inspect(schema: Schema, taken: Taken, seen: Set<Schema>): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const inner = unwrap(schema);
  if (inner !== undefined) return inspect(inner, taken, seen);
  const def = definitionOf(schema);
  switch (def.type) {
    case 'array':
      taken.array = true;
      return inspectElement(def.element, taken, seen);
    case 'union':
      for (const option of def.options) inspect(option, taken, seen);
      return undefined;
    case 'null':
    case 'undefined':
    case 'void':
    case 'never':
      return undefined;
    default:
      taken.scalar = true;
      return inspectScalar(def, taken);
  }
}

function inspectElement(element: unknown, taken: Taken, seen: Set<Schema>): void {
  if (!isSchema(element)) return;
  const { scalar } = taken;
  inspect(element, taken, seen);
  // What the elements are says nothing of whether a single value is taken beside the array.
  taken.scalar = scalar;
}

function inspectScalar(def: ReturnType<typeof definitionOf>, taken: Taken): void {
  switch (def.type) {
    case 'number':
      taken.number = true;
      return;
    case 'boolean':
      taken.boolean = true;
      return;
    case 'literal':
      for (const value of def.values) inspectValue(value, taken);
      return;
    case 'enum':
      for (const value of Object.values(def.entries)) inspectValue(value, taken);
      return;
    default:
      taken.any = true;
  }
}

function inspectValue(value: unknown, taken: Taken): void {
  if (typeof value === 'string') taken.texts.add(value);
  else if (typeof value === 'number') taken.number = true;
  else if (typeof value === 'boolean') taken.boolean = true;
}
