import type { AnyTRPCRouter } from '@trpc/server';
import { z } from 'zod';
import { compileInput } from './input.ts';
import { listProcedures, listRestProcedures, type ProcedureInfo, type RestProcedureInfo } from './procedures.ts';
import { definitionOf, isNothing, isSchema } from './schema.ts';
import { looseObjects } from './strictness.ts';

/** What a procedure can lack. */
export const routerRules = ['input', 'strict_input', 'output', 'rest'] as const;
export type RouterRule = (typeof routerRules)[number];

export interface RouterProblem {
  /** The procedure's path. */
  readonly path: string;
  readonly rule: RouterRule;
  readonly message: string;
}

/**
 * What is missing before every procedure has a strict zod input, which a query that needs to be told nothing need not be
 * sent at all, a zod output, and a place on the REST surface or a reason for having none.
 */
export function findRouterProblems(router: AnyTRPCRouter): readonly RouterProblem[] {
  const onRest = new Set(listRestProcedures(router).map(({ path }) => path));
  return listProcedures(router)
    .flatMap((entry) => [
      ...inputProblems(entry),
      ...outputProblems(entry),
      ...(onRest.has(entry.path) ? [] : reasonProblems(entry)),
    ])
    .concat(listRestProcedures(router).flatMap(restProblems));
}

/** @throws Error that lists every problem of `findRouterProblems`. */
export function assertCompleteRouter(router: AnyTRPCRouter): void {
  const problems = findRouterProblems(router);
  if (problems.length === 0) return;
  throw new Error(
    ['The router is not complete:', ...problems.map(({ path, message }) => `${path}: ${message}`)].join('\n'),
  );
}

function inputProblems({ path, type, inputs }: ProcedureInfo): readonly RouterProblem[] {
  // REST refuses what comes then; tRPC itself ignores it.
  if (inputs.length === 0)
    return [{ path, rule: 'input', message: 'it has no input, not even one that takes nothing' }];
  return inputs.flatMap((input): readonly RouterProblem[] => {
    if (!isSchema(input)) return [{ path, rule: 'input', message: 'its input is not a zod schema' }];
    const loose = looseObjects(input).map((place) => ({
      path,
      rule: 'strict_input' as const,
      message: `its input lets unknown keys pass at ${place}`,
    }));
    // Over REST a query that is left out is `{}`.
    const isUnlike = type === 'query' && z.safeParse(input, {}).success && !z.safeParse(input, undefined).success;
    return isUnlike ? [...loose, { path, rule: 'input', message: 'it takes {}, and not that nothing is sent' }] : loose;
  });
}

function outputProblems({ path, output }: ProcedureInfo): readonly RouterProblem[] {
  if (isSchema(output)) return [];
  return [{ path, rule: 'output', message: 'its output is not a zod schema' }];
}

function reasonProblems({ path, meta }: ProcedureInfo): readonly RouterProblem[] {
  if (meta.rest?.noRestReason) return [];
  return [{ path, rule: 'rest', message: 'it has neither meta.openapi nor meta.rest.noRestReason' }];
}

function restProblems(entry: RestProcedureInfo): readonly RouterProblem[] {
  return [...meaningProblems(entry)].map((message) => ({ path: entry.path, rule: 'rest', message }));
}

function* meaningProblems(entry: RestProcedureInfo): Generator<string> {
  const { type, meta, output } = entry;
  const { status = 200, noRestReason } = meta.rest ?? {};
  const { method } = meta.openapi;
  if (noRestReason) yield 'it is on the REST surface and gives a reason for not being there';
  if (type === 'subscription') yield 'a subscription cannot be on the REST surface';
  if ((type === 'query') !== (method === 'GET')) yield `a ${type} is not a ${method}`;
  if (isSchema(output) && isNothing(output) !== (status === 204)) yield 'status 204 and a void output go together';
  if (isSchema(output) && ['any', 'unknown'].includes(definitionOf(output).type)) yield 'its output can be anything';
  try {
    compileInput(entry, undefined, { maxBytes: 0, timeoutMs: 0 });
  } catch (error) {
    yield error instanceof Error ? error.message : String(error);
  }
}
