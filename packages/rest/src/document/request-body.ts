import type * as oas31 from 'openapi3-ts/oas31';
import type { OperationInfo } from '../operation.ts';

/** The body of a write; undefined where it would be an empty object. */
export function describeBody(
  { meta, path }: OperationInfo,
  generated: oas31.OperationObject['requestBody'],
): oas31.RequestBodyObject | undefined {
  if (!generated || !('content' in generated)) return undefined;
  const media = generated.content['application/json'];
  const schema = media?.schema;
  if (!schema || '$ref' in schema || Object.keys(schema.properties ?? {}).length === 0) return undefined;
  const example = bodyExample(path, meta?.rest?.example?.input);
  return {
    // The generator asks for a body wherever there could be one.
    required: (schema.required ?? []).length > 0,
    content: { 'application/json': { ...media, ...(example ? { example } : {}) } },
  };
}

/** An example is written as for RPC; what stands in the path is not in the body. */
function bodyExample(path: string, input: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  if (!input) return undefined;
  const own = Object.entries(input).filter(([name]) => !path.includes(`{${name}}`));
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}
