import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server';
import type { IfMatchOptions } from './input.ts';
import type { OperationInfo, RawRoute } from './operation.ts';

/** What is known when an error has to be answered. */
export interface ErrorInfo {
  readonly req: IncomingMessage;
  /** Undefined before a route is found. */
  readonly operation?: OperationInfo;
}

/** The answer to an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `application/problem+json`. */
  readonly problem: Readonly<Record<string, unknown>>;
}

/** What the context of a call is made from. */
export interface ContextSource {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly operation: OperationInfo;
  /** Aborts when the client goes away before the answer is sent. */
  readonly signal: AbortSignal;
}

export interface RestHandlerOptions<Router extends AnyTRPCRouter> {
  readonly router: Router;
  /** What all paths begin with, such as `/api/v1`; '' for none. */
  readonly basePath: string;
  createContext(source: ContextSource): inferRouterContext<Router> | Promise<inferRouterContext<Router>>;
  /** Operations outside of tRPC. */
  readonly routes?: readonly RawRoute[];
  /** The most a JSON body may have. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** The longest that a JSON body may take to arrive. Default 10 s. */
  readonly bodyTimeoutMs?: number;
  /** The entity tag of an output, quotes included (`"7"`, `W/"7"`); undefined where it has none. */
  etag?(output: unknown, operation: OperationInfo): string | undefined;
  readonly ifMatch?: IfMatchOptions;
  /**
   * Turns whatever was thrown into an answer: a RestFault, a TRPCError (a RestFault is one too: ask for it first), anything.
   * Is also told of `aborted`, where there is nobody left to answer.
   */
  onError(error: unknown, info: ErrorInfo): ErrorAnswer;
  /** Told of errors in the hooks themselves, which the client sees as an empty 500. */
  onFatal?(error: unknown): void;
}
