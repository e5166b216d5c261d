import { createHash } from 'node:crypto';
import { appRouter } from '@taskmaster/api';
import type { Context } from '@taskmaster/api';
import type { IncomingMessage } from 'node:http';
import { createRestHandler, listProcedures } from '@taskmaster/rest';
import type { OperationInfo, RawRoute } from '@taskmaster/rest';
import { z } from 'zod';
import type { Logger } from '../logger.ts';
import type { Problems } from './problems.ts';
import { scopeOf } from './request-scope.ts';

export const restBasePath = '/api/v1';
export const ifMatchField = 'expected_version';

const Versioned = z
  .object({ version: z.int() })
  .or(z.object({ team_version: z.int() }).transform(({ team_version: version }) => ({ version })));
const WithMembers = z.object({ members: z.array(z.unknown()) });

/** The operations whose answer is one resource with a version, its own or its team's, as their output says. */
const versioned = new Set(
  listProcedures(appRouter)
    .filter(
      ({ output }) => output instanceof z.ZodObject && ('version' in output.shape || 'team_version' in output.shape),
    )
    .map(({ path }) => path),
);
export const hasEtag = ({ id }: Pick<OperationInfo, 'id'>) => versioned.has(id);

/**
 * The version; of a member who was changed, the team's; of a team in detail, with a digest of its members too, whose
 * names may change without it. `If-Match` looks at the version alone.
 */
function etagOf(output: unknown, operation: Pick<OperationInfo, 'id'>): string | undefined {
  if (!hasEtag(operation)) return undefined;
  const { version } = Versioned.parse(output);
  const detail = WithMembers.safeParse(output).data;
  if (!detail) return `"${version}"`;
  const digest = createHash('sha256').update(JSON.stringify(detail.members)).digest('base64url').slice(0, 16);
  return `"${version}-${digest}"`;
}

/** The versions that the tags of an If-Match name; none of them where a tag is not ours. */
const versionsOf = (tags: readonly string[]) =>
  tags.flatMap((tag) => /^"(0|[1-9]\d{0,9})(?:-[\w-]{16})?"$/.exec(tag)?.[1] ?? []).map(Number);

export interface RestOptions {
  createContext: (req: IncomingMessage) => Context;
  routes: readonly RawRoute[];
  problems: Problems;
  bodyTimeoutMs?: number;
  log: Logger;
}

export function createRest({ createContext, routes, problems, bodyTimeoutMs, log }: RestOptions) {
  return createRestHandler({
    router: appRouter,
    basePath: restBasePath,
    routes,
    ...(bodyTimeoutMs !== undefined && { bodyTimeoutMs }),
    etag: etagOf,
    ifMatch: { field: ifMatchField, parse: versionsOf },
    createContext({ req, operation }) {
      scopeOf(req).procedure = operation.id;
      return createContext(req);
    },
    onError: (error, { req, operation }) => {
      if (operation) scopeOf(req).procedure = operation.id;
      return problems.answer(error, req);
    },
    onFatal: (error) => log.error({ err: error }, 'an error could not be answered'),
  });
}
