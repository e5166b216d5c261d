import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import type { RestMeta } from './meta.ts';

export const restMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type RestMethod = (typeof restMethods)[number];

/** One operation of the surface, as hooks and documents see it. */
export interface OperationInfo {
  readonly kind: 'procedure' | 'route';
  /** The procedure's path (`tasks.list`), or the `id` of a route; the operationId of the document. */
  readonly id: string;
  readonly method: RestMethod;
  /** The template below the base path, without a slash at the end. */
  readonly path: `/${string}`;
  /** Of a procedure. */
  readonly meta?: RestMeta;
}

/** What a route outside of tRPC gets. */
export interface RawExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Aborts when the client goes away before the answer is sent. */
  readonly signal: AbortSignal;
}

/** An operation that tRPC does not serve (an upload, a download), under the same rules of path, method and error. */
export interface RawRoute {
  /** Unique among routes and procedures. */
  readonly id: string;
  readonly method: RestMethod;
  readonly path: `/${string}`;
  /**
   * Answers the request, or throws for `onError` to answer. A GET is called for HEAD too: node drops its body. A query, and
   * a body where the method has none, are refused before.
   */
  handle(exchange: RawExchange): Promise<void>;
  /** Its entry in the document: may hold zod schemas; `operationId`, path parameters and problems are filled in. */
  readonly document?: Omit<ZodOpenApiOperationObject, 'operationId' | 'responses'> & {
    readonly responses: ZodOpenApiOperationObject['responses'];
  };
  /** The error codes it can answer with, for the document. */
  readonly problems?: readonly string[];
  /** Whether it needs a token, for the document. Default true. */
  readonly protect?: boolean;
}

/** A request on its way through a route. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly isHead: boolean;
  readonly query: string;
  /** The values of the path's parameters, from left to right. */
  readonly values: readonly string[];
  readonly signal: AbortSignal;
}

/** What the trie holds. */
export interface Route {
  readonly info: OperationInfo;
  run(exchange: Exchange): Promise<void>;
}
