import { parameterNames, parseTemplate } from './path-template.ts';
import type { RestProcedureInfo } from './procedures.ts';
import { isNothing, isSchema, objectOf, shapeOf, type Schema, type Shape } from './schema.ts';

/** What is known at start of an operation's input. */
export interface InputShape {
  /** Undefined where the procedure takes nothing: no `.input()`, or `z.void()`. */
  readonly shape: Shape | undefined;
  /** The path's parameters, from left to right. */
  readonly params: readonly string[];
}

/** @throws Error when the input is not an object of zod, or lacks a parameter of the path. */
export function inputShapeOf({ path, inputs, meta }: RestProcedureInfo): InputShape {
  const schemas = inputs.map((input) => {
    if (!isSchema(input)) throw new Error(`The input of ${path} is not a zod schema`);
    return input;
  });
  const shape = mergedShape(path, schemas);
  const params = parameterNames(parseTemplate(meta.openapi.path));
  const missing = params.filter((name) => shape === undefined || !Object.hasOwn(shape, name));
  if (missing.length > 0) throw new Error(`The input of ${path} lacks the path's parameter ${missing.join(', ')}`);
  return { shape, params };
}

function mergedShape(path: string, schemas: readonly Schema[]): Shape | undefined {
  if (schemas.every(isNothing)) return undefined;
  const shapes = schemas.map((schema) => {
    const object = objectOf(schema);
    if (!object) throw new Error(`The input of ${path} is not an object: a query or a body has names`);
    return shapeOf(object);
  });
  return Object.fromEntries(shapes.flatMap((shape) => Object.entries(shape)));
}
