import { AppError } from '@taskmaster/core/errors';
import type { RequestHandler } from 'express';
import { isPreflight } from './cross-origin.ts';

const methods = ['GET', 'HEAD', 'OPTIONS'];
const allow = methods.join(', ');

/** For a path that is only read: comes after its handler of GET, which Express calls for HEAD too. */
export const onlyReading: RequestHandler = (req, res, next) => {
  if (!methods.includes(req.method)) throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow } });
  if (isPreflight(req)) next();
  else res.status(204).setHeader('allow', allow).end();
};
