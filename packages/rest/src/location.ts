import { isFields } from './fields.ts';
import { parseTemplate } from './path-template.ts';

/** Fills a template such as `/teams/{team_id}/members/{user.id}`; undefined where a name has no value. */
export type LocationOf = (output: unknown, input: unknown) => string | undefined;

const placeholder = /\{([^{}]+)\}/g;

/** @throws Error when the template is not a path. */
export function compileLocation(template: string, basePath: string): LocationOf {
  parseTemplate(template.replaceAll(placeholder, 'x'));
  const parts = template.split(placeholder).map((text, index) => (index % 2 === 0 ? text : text.split('.')));
  return (output, input) => {
    let location = basePath;
    for (const part of parts) {
      const text = typeof part === 'string' ? part : (valueAt(output, part) ?? valueAt(input, part));
      if (text === undefined) return undefined;
      location += typeof part === 'string' ? text : encodeURIComponent(text);
    }
    return location;
  };
}

function valueAt(root: unknown, names: readonly string[]): string | undefined {
  let value: unknown = root;
  for (const name of names) {
    if (!isFields(value)) return undefined;
    value = value[name];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
