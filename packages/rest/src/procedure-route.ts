import type { OutgoingHttpHeaders } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import { sendEmpty, sendJson } from './answer.ts';
import { isNoneMatch } from './entity-tags.ts';
import { compileInput } from './input.ts';
import { compileLocation } from './location.ts';
import type { Exchange, OperationInfo, Route } from './operation.ts';
import type { RestHandlerOptions } from './options.ts';
import { normalTemplate } from './path-template.ts';
import type { RestProcedureInfo } from './procedures.ts';

const defaultMaxBodyBytes = 1024 * 1024;
const defaultBodyTimeoutMs = 10_000;

/** What the operation is called; shared with the document. */
export function procedureOperation({ path, meta }: RestProcedureInfo): OperationInfo {
  return { kind: 'procedure', id: path, method: meta.openapi.method, path: normalTemplate(meta.openapi.path), meta };
}

/**
 * Does once what does not depend on the request.
 * @throws Error when the procedure cannot be served as its meta says.
 */
export function compileProcedure<Router extends AnyTRPCRouter>(
  entry: RestProcedureInfo,
  options: RestHandlerOptions<Router>,
): Route {
  const { path, type, procedure } = entry;
  if (type === 'subscription') throw new Error(`${path} is a subscription: REST has no answer to it`);
  const info = procedureOperation(entry);
  const input = compileInput(entry, options.ifMatch, {
    maxBytes: options.maxBodyBytes ?? defaultMaxBodyBytes,
    timeoutMs: options.bodyTimeoutMs ?? defaultBodyTimeoutMs,
  });
  const send = compileSend(info, options);

  return {
    info,
    async run(exchange) {
      const { req, res, signal } = exchange;
      const ctx = await options.createContext({ req, res, operation: info, signal });
      let refusal: unknown;
      let reading: Promise<unknown> | undefined;
      // Read only when the procedure asks: its authentication goes before the bytes of a stranger.
      const getRawInput = (): Promise<unknown> =>
        (reading ??= input.read(exchange).catch((error: unknown) => {
          refusal = error;
          throw error;
        }));
      if (!input.hasInput) await getRawInput();
      let output: unknown;
      try {
        output = await procedure({ ctx, getRawInput, path, type, signal, batchIndex: 0 });
      } catch (error) {
        // A middleware may have dressed it up as something else.
        throw refusal ?? error;
      }
      send(exchange, output, await reading);
    },
  };
}

type Send = (exchange: Exchange, output: unknown, input: unknown) => void;

function compileSend<Router extends AnyTRPCRouter>(info: OperationInfo, options: RestHandlerOptions<Router>): Send {
  const { status = 200, location } = info.meta?.rest ?? {};
  if (location !== undefined && status !== 201)
    throw new Error(`${info.id} has a location, but makes nothing: ${status}`);
  if (status === 204) return ({ res }) => sendEmpty(res, 204, {});
  const locationOf = location === undefined ? undefined : compileLocation(location, options.basePath);

  return ({ req, res, isHead }, output, input) => {
    const headers: OutgoingHttpHeaders = {};
    const etag = options.etag?.(output, info);
    if (etag !== undefined) {
      headers['etag'] = etag;
      if (info.method === 'GET' && isNoneMatch(req.headers['if-none-match'], etag)) return sendEmpty(res, 304, headers);
    }
    if (locationOf) {
      const made = locationOf(output, input);
      // What was made is made: a hole in the template must not turn it into an error.
      if (made === undefined)
        options.onFatal?.(new Error(`The Location of ${info.id} names a value that is not there`));
      else headers['location'] = made;
    }
    return sendJson(res, status, output, isHead, headers);
  };
}
