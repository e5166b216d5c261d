import type { z } from 'zod';

export type Schema = z.core.$ZodType;
export type ObjectSchema = z.core.$ZodObject;
export type Shape = Readonly<Record<string, Schema>>;

/** Whether the value is a zod 4 schema, of whichever copy of zod. */
export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/** Tells zod's base type, which only knows that there is a type, what it is: one of a closed set. */
function isKnown(schema: Schema): schema is z.core.$ZodTypes {
  return isSchema(schema);
}

/** The definition as a union that `type` discriminates. */
export function definitionOf(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  if (!isKnown(schema)) throw new Error('Not a schema of zod 4');
  const { _zod: inner } = schema;
  return inner.def;
}

/**
 * The schema below one wrapper, seen from the side of what goes in; undefined where there is no wrapper.
 * Of `z.preprocess` that is the schema behind the function, as the function takes anything.
 */
export function unwrap(schema: Schema): Schema | undefined {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return def.innerType;
    case 'pipe':
      return definitionOf(def.in).type === 'transform' ? def.out : def.in;
    case 'lazy':
      return def.getter();
    default:
      return undefined;
  }
}

/** The schema below all wrappers. */
export function unwrapAll(schema: Schema): Schema {
  const inner = unwrap(schema);
  return inner === undefined ? schema : unwrapAll(inner);
}

/** The object schema below all wrappers, if it is one. */
export function objectOf(schema: Schema): ObjectSchema | undefined {
  const inner = unwrapAll(schema);
  return isObject(inner) ? inner : undefined;
}

function isObject(schema: Schema): schema is ObjectSchema {
  return definitionOf(schema).type === 'object';
}

/** The keys of an object and their schemas. */
export function shapeOf(schema: ObjectSchema): Shape {
  const { _zod: inner } = schema;
  return inner.def.shape;
}

/** Whether the schema takes nothing: `z.void()`, `z.undefined()`, `z.never()`. */
export function isNothing(schema: Schema): boolean {
  return ['void', 'undefined', 'never'].includes(definitionOf(unwrapAll(schema)).type);
}

/** Whether unknown keys are refused. */
export function isStrict(schema: ObjectSchema): boolean {
  const {
    _zod: {
      def: { catchall },
    },
  } = schema;
  return catchall !== undefined && definitionOf(catchall).type === 'never';
}
