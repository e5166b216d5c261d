import type { FieldError } from '@taskmaster/core/errors';
import type { ZodError } from 'zod';

/** One entry per bad field: an issue about several unknown keys becomes one entry each. */
export function fieldErrors({ issues }: ZodError): FieldError[] {
  return issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String).join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message, code: issue.code }];
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      message: 'Is not known here',
      code: issue.code,
    }));
  });
}
