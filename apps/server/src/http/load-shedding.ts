import type { RequestHandler } from 'express';
import type { Load } from '../load/load.ts';
import { scopeOf } from './request-scope.ts';

/** A request counts from here to the end of its answer, or to the end of its connection. */
export function shedLoad(load: Pick<Load, 'enter'>): RequestHandler {
  return (req, res, next) => {
    const leave = load.enter(scopeOf(req).ip_address);
    res.once('close', leave);
    next();
  };
}
