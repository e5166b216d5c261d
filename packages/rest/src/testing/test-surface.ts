import { initTRPC, TRPCError, type AnyTRPCRouter } from '@trpc/server';
import { RestFault } from '../fault.ts';
import { createRestHandler, type RestHandler } from '../handler.ts';
import type { RestMeta } from '../meta.ts';
import type { ErrorAnswer, RestHandlerOptions } from '../options.ts';
import { startServer, type TestServer } from './test-server.ts';

/** tRPC for tests, without a context. */
export const t = initTRPC.meta<RestMeta>().create({ isDev: false });

/** What tests see of an error: its status, kind and issues, as a host would map them. */
export function answerError(error: unknown): ErrorAnswer {
  if (error instanceof RestFault)
    return { status: statusOf[error.kind], problem: { kind: error.kind, detail: error.message } };
  if (!(error instanceof TRPCError)) return { status: 500, problem: { kind: 'unknown' } };
  const issues = issuesOf(error.cause);
  if (issues) return { status: 422, problem: { kind: 'invalid', issues } };
  return { status: error.code === 'UNAUTHORIZED' ? 401 : 500, problem: { kind: error.code } };
}

const statusOf = {
  path_not_found: 404,
  method_not_allowed: 405,
  malformed_path: 400,
  malformed_json: 400,
  unsupported_media_type: 415,
  body_too_large: 413,
  body_timeout: 408,
  aborted: 499,
} satisfies Record<RestFault['kind'], number>;

function issuesOf(cause: Error | undefined): unknown {
  return cause?.name === 'ZodError' && 'issues' in cause ? cause.issues : undefined;
}

export interface TestSurface extends TestServer {
  readonly rest: RestHandler;
  /** Everything `onError` was told of. */
  readonly errors: unknown[];
  /** Everything `onFatal` was told of. */
  readonly fatal: unknown[];
}

/** Serves a router under `/api`. */
export async function serve<Router extends AnyTRPCRouter>(
  router: Router,
  options: Partial<RestHandlerOptions<Router>> = {},
): Promise<TestSurface> {
  const errors: unknown[] = [];
  const fatal: unknown[] = [];
  const rest = createRestHandler<Router>({
    router,
    basePath: '/api',
    createContext: () => ({}),
    onError(error) {
      errors.push(error);
      return answerError(error);
    },
    onFatal: (error) => fatal.push(error),
    ...options,
  });
  const server = await startServer((req, res) => void rest.handle(req, res));
  return { ...server, rest, errors, fatal };
}
