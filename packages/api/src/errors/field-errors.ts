import type { FieldError } from '@taskmaster/core/errors';
import type { ZodError } from 'zod';

/** More would let a small request ask for a large answer: a body of 1 MiB has room for 100,000 unknown keys. */
const mostErrors = 100;
const longestPath = 200;

/** One entry per bad field, the first hundred: an issue about several unknown keys becomes one entry each. */
export function fieldErrors({ issues }: ZodError): FieldError[] {
  return issues.slice(0, mostErrors).flatMap(errorsOf).slice(0, mostErrors);
}

function errorsOf(issue: ZodError['issues'][number]): FieldError[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys')
    return [{ path: shortenedPath(path), message: issue.message, code: codeOf(issue) }];
  return issue.keys.slice(0, mostErrors).map((key) => ({
    path: shortenedPath(path === '' ? key : `${path}.${key}`),
    message: 'Is not known here',
    code: issue.code,
  }));
}

/** Of a rule of ours (`rule` in core's fields.ts): its own, for zod calls them all `custom`. */
function codeOf(issue: ZodError['issues'][number]): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;
  return typeof own === 'string' ? own : issue.code;
}

/** A name that a client gave, as an answer repeats it. */
export const shortenedPath = (path: string) => (path.length > longestPath ? `${path.slice(0, longestPath)}…` : path);
