import { AppError } from '@taskmaster/core/errors';
import type { RequestHandler } from 'express';

/**
 * What node would refuse in a line without a body (RFC 9112, 3.2; RFC 9110, 10.1.1), refused as everything else is: a
 * request without a Host, and an Expect that nobody here meets. What the Host may be is for `checkHost` to say.
 */
export const strictHttp: RequestHandler = ({ headers, httpVersion }, _res, next) => {
  if (httpVersion === '1.1' && headers.host === undefined) {
    throw new AppError('BAD_REQUEST', { detail: 'A request over HTTP/1.1 has a Host' });
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    throw new AppError('EXPECTATION_FAILED');
  }
  next();
};
