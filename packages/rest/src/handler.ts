import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import { sendEmpty } from './answer.ts';
import { asAborted, clientSignal } from './client-signal.ts';
import { fail } from './failure.ts';
import { RestFault } from './fault.ts';
import type { OperationInfo, Route } from './operation.ts';
import type { RestHandlerOptions } from './options.ts';
import { parseTemplate } from './path-template.ts';
import { PathTrie } from './path-trie.ts';
import { compileProcedure } from './procedure-route.ts';
import { listRestProcedures } from './procedures.ts';
import { compileRawRoute } from './raw-route.ts';
import { parseTarget, type Target } from './target.ts';

/** A REST surface. */
export interface RestHandler {
  /** Answers a request, to the end or to the error, and never rejects. Fits `http.createServer` and `app.use` alike. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Everything it answers to. */
  readonly operations: readonly OperationInfo[];
}

/**
 * Builds the REST surface of a router: each procedure with `meta.openapi`, and the routes given beside them.
 * @throws Error at start when an operation cannot be served as declared, or two of them answer the same method and path.
 */
export function createRestHandler<Router extends AnyTRPCRouter>(options: RestHandlerOptions<Router>): RestHandler {
  if (options.basePath.endsWith('/')) throw new Error('The base path must not end with a slash');
  const routes = [
    ...listRestProcedures(options.router).map((entry) => compileProcedure(entry, options)),
    ...(options.routes ?? []).map(compileRawRoute),
  ];
  const trie = createTrie(routes);

  async function handle(req: IncomingMessage & { originalUrl?: string }, res: ServerResponse): Promise<void> {
    const signal = clientSignal(res);
    let operation: OperationInfo | undefined;
    try {
      const { method = '' } = req;
      // Express cuts what a mount point matches off `url`.
      const target = parseTarget(req.originalUrl ?? req.url ?? '', options.basePath);
      const isHead = method === 'HEAD';
      const match = trie.find(isHead ? 'GET' : method, target.segments);
      if (match === undefined) return answerWithout(trie, method, target, res);
      operation = match.route.info;
      await match.route.run({ req, res, isHead, signal, query: target.query, values: match.values });
    } catch (error) {
      fail(res, asAborted(error, signal), operation ? { req, operation } : { req }, options);
    }
  }

  return { handle, operations: routes.map(({ info }) => info) };
}

function createTrie(routes: readonly Route[]): PathTrie<Route> {
  const trie = new PathTrie<Route>();
  const ids = new Set<string>();
  for (const route of routes) {
    const { id, method, path } = route.info;
    if (ids.has(id)) throw new Error(`Two operations are called ${id}`);
    ids.add(id);
    trie.add(method, parseTemplate(path), route);
  }
  return trie;
}

/** No route takes this method here: the path is unknown, or it is asked what it takes, or the method is wrong. */
function answerWithout(trie: PathTrie<Route>, method: string, { segments }: Target, res: ServerResponse): void {
  const known = trie.methodsAt(segments);
  if (known.length === 0) throw new RestFault('path_not_found', 'There is nothing at this path.');
  const allow = [...known, ...(known.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
  if (method !== 'OPTIONS') throw new RestFault('method_not_allowed', 'This method is not allowed here.', { allow });
  sendEmpty(res, 204, { allow: allow.join(', ') });
}
