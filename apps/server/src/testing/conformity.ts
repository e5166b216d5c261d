import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Answer } from './http-client.ts';
import type { Operation } from './operations.ts';
import { openApiDocument } from './operations.ts';

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
ajv.addSchema(openApiDocument, 'openapi.json');
const validators = new Map<string, ValidateFunction>();

const escape = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Whether a value is what the document says at a place: an operation's part, from its path item on. */
export function fits({ path, method }: Operation, place: readonly string[], value: unknown): string | undefined {
  const pointer = ['paths', path, method.toLowerCase(), ...place, 'schema'].map(escape).join('/');
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: `openapi.json#/${pointer}` });
  validators.set(pointer, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'body' });
}

/** What of an answer is not in the document: its status, a header, its type or its body. Undefined where all is. */
export function findDeviation(
  operation: Operation,
  { status, headers, text, json }: Answer,
  { isHead = false } = {},
): string | undefined {
  const described = operation.responses[status];
  if (!described) return `status ${status} is not in the document`;
  const absent = Object.entries(described.headers)
    .filter(([name, { required }]) => required && headers[name.toLowerCase()] === undefined)
    .map(([name]) => name);
  if (absent.length > 0) return `${status} comes without ${absent.join(', ')}`;
  const types = Object.keys(described.content);
  if (types.length === 0) return text === '' ? undefined : `${status} has a body: ${text.slice(0, 100)}`;
  if (types.includes('*/*')) return undefined;
  const type = headers['content-type']?.split(';', 1)[0] ?? '';
  if (!types.includes(type)) return `${status} comes as ${type}, not as ${types.join(', ')}`;
  if (isHead) return text === '' ? undefined : 'HEAD has a body';
  const problem = fits(operation, ['responses', String(status), 'content', type], json());
  return problem === undefined ? undefined : `${status}: ${problem}: ${text.slice(0, 300)}`;
}
