import type * as oas31 from 'openapi3-ts/oas31';

// zod writes each of these formats out as a pattern of up to 400 characters, which tells a reader less than the name.
const selfEvident: ReadonlySet<unknown> = new Set(['uuid', 'date-time']);

/** Takes out, in place, the patterns that only repeat a format. */
export function tidy(document: oas31.OpenAPIObject): oas31.OpenAPIObject {
  visit(document);
  return document;
}

function visit(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('pattern' in node && 'format' in node && selfEvident.has(node.format)) delete node.pattern;
  for (const part of Object.values(node)) visit(part);
}
