import { AppError } from '@taskmaster/core/errors';
import type { Request, Response } from 'express';

/** Answers OPTIONS, with true: by the methods that a path takes. Throws `METHOD_NOT_ALLOWED` for one that it does not. */
export function answerMethods({ method }: Request, res: Response, methods: readonly string[]): boolean {
  const allow = methods.join(', ');
  if (!methods.includes(method)) throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow } });
  if (method !== 'OPTIONS') return false;
  res.status(204).setHeader('allow', allow).end();
  return true;
}
