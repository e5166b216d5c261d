import type { Coercion } from './coercion.ts';
import { RestFault } from './fault.ts';

/**
 * Reads a query string. Every key becomes an own property, known or not, so that the schema sees it. A key that comes twice
 * becomes an array, which a schema of one value refuses.
 * @throws RestFault `malformed_path` where it is not valid percent-encoded UTF-8.
 */
export function parseQuery(query: string, coercions: ReadonlyMap<string, Coercion>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (query === '') return input;
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decode(equals === -1 ? pair : pair.slice(0, equals));
    const text = equals === -1 ? '' : decode(pair.slice(equals + 1));
    add(input, key, text, coercions.get(key));
  }
  return input;
}

function add(input: Record<string, unknown>, key: string, text: string, coercion: Coercion | undefined): void {
  const value = coercion ? coercion.value(text) : text;
  const known = Object.hasOwn(input, key) ? input[key] : undefined;
  if (Array.isArray(known)) known.push(value);
  else setOwn(input, key, known === undefined ? first(value, coercion) : [known, value]);
}

function first(value: unknown, coercion: Coercion | undefined): unknown {
  return coercion?.isArray ? [value] : value;
}

/** Assigning to `__proto__` would set the prototype instead of a property, and the key would go unseen. */
function setOwn(input: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') input[key] = value;
  else Object.defineProperty(input, key, { value, enumerable: true, configurable: true, writable: true });
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new RestFault('malformed_path', 'The query is not valid percent-encoded UTF-8.');
  }
}
