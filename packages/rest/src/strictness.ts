import { definitionOf, isNothing, isSchema, isStrict, objectOf, shapeOf, unwrap, type Schema } from './schema.ts';

/** Where an input lets unknown keys pass: paths such as `$.items[].user`. None for a schema that takes nothing. */
export function looseObjects(schema: Schema): readonly string[] {
  const found: string[] = [];
  if (!isNothing(schema)) walk(schema, '$', new Set(), found);
  return found;
}

function walk(schema: Schema, place: string, seen: Set<Schema>, found: string[]): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const inner = unwrap(schema);
  if (inner) return walk(inner, place, seen, found);
  const object = objectOf(schema);
  if (object) {
    if (!isStrict(object)) found.push(place);
    for (const [name, part] of Object.entries(shapeOf(object))) walk(part, `${place}.${name}`, seen, found);
    return undefined;
  }
  for (const [part, mark] of partsOf(schema)) if (isSchema(part)) walk(part, place + mark, seen, found);
  return undefined;
}

/** What a schema is made of, other than an object's properties. */
function partsOf(schema: Schema): readonly (readonly [unknown, string])[] {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'array':
      return [[def.element, '[]']];
    case 'tuple':
      return [...def.items, def.rest].map((item) => [item, '[]']);
    case 'set':
    case 'map':
    case 'record':
      return [[def.valueType, '{}']];
    case 'union':
      return def.options.map((option) => [option, '']);
    case 'intersection':
      return [
        [def.left, ''],
        [def.right, ''],
      ];
    default:
      return [];
  }
}
