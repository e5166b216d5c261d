import type { RequestHandler } from 'express';
import { answerMethods } from './answer-methods.ts';
import { isPreflight } from './cross-origin.ts';

const methods = ['GET', 'HEAD', 'OPTIONS'];

/** For a path that is only read: comes after its handler of GET, which Express calls for HEAD too. */
export const onlyReading: RequestHandler = (req, res, next) => {
  // The probes stand before CORS, which answers preflights.
  if (isPreflight(req) || !answerMethods(req, res, methods)) next();
};
