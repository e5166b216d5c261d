import { AppError } from '@taskmaster/core/errors';
import { maxBatchSize } from '@taskmaster/core/contracts';
import type { BodyLimits } from '@taskmaster/rest';
import { announcesBody, readBody } from '@taskmaster/rest';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { queryValues } from './query-values.ts';

/** What tRPC reads; it would ignore the rest. */
const Query = z.strictObject({
  batch: z.string().optional(),
  input: z.string().optional(),
  connectionParams: z.string().optional(),
});

const methods = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/**
 * What typed RPC takes, refused here in our words: tRPC refuses it before there is a context, and waits for a body
 * without end. Hands tRPC the body that it has read.
 */
export const rpcGate =
  (limits: BodyLimits): RequestHandler =>
  async (req, _res, next) => {
    const { method } = req;
    if (!methods.includes(method)) {
      throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: methods.join(', ') } });
    }
    if (method === 'POST' && !isJson(req)) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
    const query = Query.parse(queryValues(new URLSearchParams(req.url.slice(req.path.length))));
    if (callsIn(req, query) > maxBatchSize) {
      throw new AppError('BATCH_TOO_LARGE', { detail: `A batch has at most ${maxBatchSize} calls` });
    }
    if (method === 'POST') req.body = announcesBody(req) ? (await readBody(req, limits)).toString('utf8') : '';
    next();
  };

/** tRPC would also run a mutation on bytes or a form, and hand the stream itself to it. */
const isJson = ({ headers }: Request) => /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');

/** As tRPC counts them: the names stand in the path, between commas. */
const callsIn = ({ path }: Request, { batch }: z.infer<typeof Query>) =>
  batch === '1' ? path.split(/,|%2c/i).length : 1;
