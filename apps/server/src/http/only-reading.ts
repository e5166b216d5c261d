import { AppError } from '@taskmaster/core/errors';
import type { RequestHandler } from 'express';

const methods = ['GET', 'HEAD', 'OPTIONS'];

/** For a path that is only read: comes after its handler of GET, which Express calls for HEAD too. */
export const onlyReading: RequestHandler = ({ method }, _res, next) => {
  if (!methods.includes(method)) throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: methods.join(', ') } });
  next();
};
