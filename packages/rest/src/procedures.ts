import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCProcedureType } from '@trpc/server';
import type { RestMeta } from './meta.ts';

/** A procedure of the router and what it declares. */
export interface ProcedureInfo {
  /** As RPC clients name it: `tasks.list`. */
  readonly path: string;
  readonly type: TRPCProcedureType;
  readonly procedure: AnyTRPCProcedure;
  readonly meta: RestMeta;
  /** As given to `.input()`, of any validation library. */
  readonly inputs: readonly unknown[];
  /** As given to `.output()`. */
  readonly output: unknown;
}

/**
 * All procedures of a router, in the order of their declaration, REST or not.
 * @throws Error when a part of the router is lazy: what it holds cannot be known at start.
 */
export function listProcedures(router: AnyTRPCRouter): readonly ProcedureInfo[] {
  const { _def: def } = router;
  const lazy = Object.keys(def.lazy);
  if (lazy.length > 0) throw new Error(`A REST surface cannot be built of lazy routers: ${lazy.join(', ')}`);
  const procedures: Record<string, AnyTRPCProcedure> = def.procedures;
  return Object.entries(procedures).map(([path, procedure]) => infoOf(path, procedure));
}

function infoOf(path: string, procedure: AnyTRPCProcedure): ProcedureInfo {
  const { _def: def } = procedure;
  // tRPC's types leave `output` out, and know `meta` only on the router.
  const { meta, output }: { meta?: unknown; output?: unknown } = def;
  return { path, type: def.type, procedure, meta: meta ?? {}, inputs: def.inputs, output };
}

/** Those that are on the REST surface. */
export function listRestProcedures(router: AnyTRPCRouter): readonly RestProcedureInfo[] {
  return listProcedures(router).filter((entry): entry is RestProcedureInfo => isOnRest(entry.meta));
}

/** A procedure with `meta.openapi`. */
export interface RestProcedureInfo extends ProcedureInfo {
  readonly meta: RestMeta & { openapi: NonNullable<RestMeta['openapi']> };
}

/** `enabled: false` takes a procedure off the surface, as it does in trpc-to-openapi. */
function isOnRest(meta: RestMeta): boolean {
  return meta.openapi !== undefined && meta.openapi.enabled !== false;
}
