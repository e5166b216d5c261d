/** One segment of a path such as `/tasks/{task_id}`. */
export type Segment = { readonly literal: string } | { readonly parameter: string };

const parameterPattern = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/;
const literalPattern = /^[A-Za-z0-9_.~-]+$/;

/**
 * Reads a path template. A slash at the end means nothing.
 * @throws Error on an empty segment, on a parameter that is not a whole segment or is named twice.
 */
export function parseTemplate(template: string): readonly Segment[] {
  if (!template.startsWith('/')) throw new Error(`The path ${template} does not begin with a slash`);
  const trimmed = template.endsWith('/') ? template.slice(0, -1) : template;
  if (trimmed === '') return [];
  const segments = trimmed
    .slice(1)
    .split('/')
    .map((text) => parseSegment(text, template));
  const names = parameterNames(segments);
  if (new Set(names).size < names.length) throw new Error(`The path ${template} names a parameter twice`);
  return segments;
}

function parseSegment(text: string, template: string): Segment {
  const [, parameter] = parameterPattern.exec(text) ?? [];
  if (parameter !== undefined) return { parameter };
  if (literalPattern.test(text)) return { literal: text };
  throw new Error(`The segment "${text}" of ${template} is neither a word nor a {parameter}`);
}

/** The parameters from left to right. */
export function parameterNames(segments: readonly Segment[]): readonly string[] {
  return segments.flatMap((segment) => ('parameter' in segment ? [segment.parameter] : []));
}

/** The template as it is shown: without the slash at the end. */
export function normalTemplate(template: string): `/${string}` {
  return `/${parseTemplate(template)
    .map((one) => ('parameter' in one ? `{${one.parameter}}` : one.literal))
    .join('/')}`;
}
