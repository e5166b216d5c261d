import { z } from 'zod';
import type * as oas31 from 'openapi3-ts/oas31';
import type { OperationInfo } from '../operation.ts';
import { definitionOf, unwrap, unwrapAll, type Schema, type Shape } from '../schema.ts';

/** What the parameters of an operation are made from. */
export interface ParameterSource {
  readonly info: OperationInfo;
  /** Of path and query, as generated. */
  readonly generated: readonly (oas31.ParameterObject | oas31.ReferenceObject)[];
  /** Of the input; of a route outside of tRPC there is none. */
  readonly shape: Shape | undefined;
  readonly takesIfMatch: boolean;
  readonly takesIfNoneMatch: boolean;
  readonly headers: readonly oas31.ParameterObject[];
}

/** All parameters of an operation: path, query, then headers. */
export function describeParameters(source: ParameterSource): oas31.OperationObject['parameters'] {
  const { info, generated, shape = {}, takesIfMatch, takesIfNoneMatch, headers } = source;
  const given = generated.map((one) => ('name' in one ? complete(one, shape[one.name], info) : one));
  return [
    ...given,
    ...missingPathParameters(info, generated),
    ...(takesIfMatch ? [ifMatch] : []),
    ...(takesIfNoneMatch ? [ifNoneMatch] : []),
    ...headers,
  ];
}

function complete(one: oas31.ParameterObject, schema: Schema | undefined, info: OperationInfo): oas31.ParameterObject {
  const description = one.description ?? (schema && descriptionOf(schema));
  const example = info.meta?.rest?.example?.input?.[one.name];
  const isList = one.in === 'query' && schema !== undefined && definitionOf(unwrapAll(schema)).type === 'array';
  return {
    ...one,
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
    // The defaults of a query, said aloud: `?status=todo&status=done`.
    ...(isList ? { style: 'form', explode: true } : {}),
  };
}

/** The outermost description: the generator unwraps an optional, and loses what was said of it. */
function descriptionOf(schema: Schema): string | undefined {
  for (let one: Schema | undefined = schema; one !== undefined; one = unwrap(one)) {
    const { description } = z.globalRegistry.get(one) ?? {};
    if (description !== undefined) return description;
  }
  return undefined;
}

/** A route outside of tRPC need not describe the ids in its path. */
function missingPathParameters(
  { path }: OperationInfo,
  generated: ParameterSource['generated'],
): readonly oas31.ParameterObject[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const isKnown = (name: string): boolean =>
    generated.some((one) => 'name' in one && one.in === 'path' && one.name === name);
  return names
    .filter((name) => !isKnown(name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

const ifMatch: oas31.ParameterObject = {
  name: 'If-Match',
  in: 'header',
  description:
    'The ETag that the caller has read: refused where it is no longer the current one. `*` is like none at all.',
  schema: { type: 'string' },
};

const ifNoneMatch: oas31.ParameterObject = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETags that the caller has: answered by 304 where one of them is the current one.',
  schema: { type: 'string' },
};
