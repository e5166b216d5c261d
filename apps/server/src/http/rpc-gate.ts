import { appRouter } from '@taskmaster/api';
import { maxBatchSize } from '@taskmaster/core/contracts';
import { AppError } from '@taskmaster/core/errors';
import type { BodyLimits, ProcedureInfo } from '@taskmaster/rest';
import { listProcedures, readJsonText, refuseBody } from '@taskmaster/rest';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { answerMethods } from './answer-methods.ts';
import { queryValues } from './query-values.ts';

/** What tRPC reads; it would ignore the rest. */
const Query = z.strictObject({
  batch: z.string().optional(),
  input: z.string().optional(),
  connectionParams: z.string().optional(),
});

/** Of a call, by the type of its procedure. Subscriptions are for the socket. */
const methodsOf = {
  query: ['GET', 'HEAD', 'OPTIONS'],
  mutation: ['POST', 'OPTIONS'],
  subscription: ['OPTIONS'],
} as const satisfies Record<ProcedureInfo['type'], readonly string[]>;
const types = new Map(listProcedures(appRouter).map(({ path, type }) => [path, type] as const));
const isSubscription = (name: string) => types.get(name) === 'subscription';

/**
 * What typed RPC takes, refused here in our words: tRPC refuses it before there is a context, and waits for a body
 * without end. Hands tRPC the body that it has read.
 */
export const rpcGate =
  (limits: BodyLimits): RequestHandler =>
  async (req, res, next) => {
    // Node sends no body to HEAD, whatever is written; tRPC would answer it with a 204, whatever is asked.
    if (req.method === 'HEAD') req.method = 'GET';
    const { method } = req;
    const query = Query.parse(queryValues(new URLSearchParams(req.url.slice(req.path.length))));
    const names = namesIn(req, query);
    // Of the calls of a batch tRPC says in the place of each what it does not take; a subscription it would stream.
    const isLeftToTrpc = query.batch === '1' && ['GET', 'POST'].includes(method) && !names.some(isSubscription);
    if (!isLeftToTrpc && answerMethods(req, res, methodsAt(names))) return;
    if (names.length > maxBatchSize) {
      throw new AppError('BATCH_TOO_LARGE', { detail: `A batch has at most ${maxBatchSize} calls` });
    }
    if (method === 'POST') req.body = (await readJsonText(req, limits)) ?? '';
    else refuseBody(req);
    // What it may be has been decided, as on REST: tRPC would decide anew, and take bytes and forms.
    req.headers['content-type'] = 'application/json';
    next();
  };

/** As tRPC finds them: they stand in the path, between commas. tRPC would not look at what comes before the last slash. */
function namesIn({ path }: Request, { batch }: z.infer<typeof Query>): string[] {
  const segment = path.slice(1);
  if (segment.includes('/')) throw new AppError('ROUTE_NOT_FOUND');
  const names = decodeURIComponent(segment);
  return batch === '1' ? names.split(',') : [names];
}

/** What every one of the calls takes. Throws `ROUTE_NOT_FOUND` where one of them is not known. */
function methodsAt(names: readonly string[]): readonly string[] {
  const each = names.map((name): readonly string[] => {
    const type = types.get(name);
    if (!type) throw new AppError('ROUTE_NOT_FOUND');
    return methodsOf[type];
  });
  return (each[0] ?? []).filter((method) => each.every((methods) => methods.includes(method)));
}
