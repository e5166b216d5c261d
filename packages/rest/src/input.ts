import type { IncomingMessage } from 'node:http';
import { compileCoercion } from './coercion.ts';
import { parseIfMatch } from './entity-tags.ts';
import type { BodyLimits } from './body.ts';
import { isFields, type Fields } from './fields.ts';
import { inputShapeOf } from './input-shape.ts';
import { readJsonBody } from './json-body.ts';
import type { RestProcedureInfo } from './procedures.ts';
import { parseQuery } from './query.ts';
import { methodsWithBody, refuseBody, refuseInput, refuseKeys, refuseQuery } from './refusal.ts';

/** How `If-Match` becomes a field of the input. */
export interface IfMatchOptions {
  /** The operations whose input has this field take `If-Match`; over REST it is set by nothing else. */
  readonly field: string;
  /**
   * @param tags the strong tags of the header as sent, quotes included; none where all are weak or the header is broken.
   * @returns the field's value: for tags that name no state, one that never matches.
   */
  parse(tags: readonly string[]): unknown;
}

/** What of a request makes the input. */
interface InputSource {
  readonly req: IncomingMessage;
  readonly query: string;
  /** The values of the path's parameters, from left to right. */
  readonly values: readonly string[];
}

/** Computed once per operation. */
export interface InputReader {
  /** Whether the procedure has an input to parse; where it has none, nothing but the adapter refuses one. */
  readonly hasInput: boolean;
  /**
   * The input as the procedure's parser gets it.
   * @throws RestFault, or a TRPCError BAD_REQUEST for keys that may not come this way.
   */
  read(source: InputSource): Promise<unknown>;
}

/** @throws Error when the procedure's input does not fit its path. */
export function compileInput(
  entry: RestProcedureInfo,
  ifMatch: IfMatchOptions | undefined,
  limits: BodyLimits,
): InputReader {
  const { shape, params } = inputShapeOf(entry);
  const coercions = new Map(Object.entries(shape ?? {}).map(([name, schema]) => [name, compileCoercion(schema)]));
  const pathCoercions = params.map((name) => coercions.get(name));
  const condition = ifMatch && shape && Object.hasOwn(shape, ifMatch.field) ? ifMatch : undefined;
  const reserved = condition ? [...params, condition.field] : params;

  const readFields: (source: InputSource) => unknown = methodsWithBody.has(entry.meta.openapi.method)
    ? ({ req, query }) => {
        refuseQuery(query);
        return readJsonBody(req, limits);
      }
    : ({ req, query }) => {
        refuseBody(req);
        return parseQuery(query, coercions);
      };

  return {
    hasInput: shape !== undefined,
    async read(source) {
      const sent = await readFields(source);
      const found = sent === undefined ? {} : sent;
      if (shape === undefined) return refuseInput(found);
      // An array, a string or a number is the schema's to refuse.
      if (!isFields(found)) return found;
      refuseKeys(reserved.filter((name) => Object.hasOwn(found, name)));
      for (const [index, name] of params.entries()) {
        const text = source.values[index] ?? '';
        found[name] = pathCoercions[index]?.value(text) ?? text;
      }
      if (condition) applyIfMatch(found, condition, source.req.headers['if-match']);
      return found;
    },
  };
}

function applyIfMatch(fields: Fields, condition: IfMatchOptions, header: string | undefined): void {
  const tags = parseIfMatch(header);
  if (tags) fields[condition.field] = condition.parse(tags);
}
