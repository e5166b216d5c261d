import type { AnyTRPCRouter } from '@trpc/server';
import type * as oas31 from 'openapi3-ts/oas31';
import type { z } from 'zod';
import type { OperationInfo, RawRoute } from '../operation.ts';

/** What the document says of an error code. */
export interface ProblemDescription {
  readonly status: number;
  readonly title: string;
  /** Headers that come with it, such as `Retry-After`. */
  readonly headers?: oas31.HeadersObject;
}

export interface OperationHeaders {
  readonly request: readonly oas31.ParameterObject[];
  /** Of its success. */
  readonly response: oas31.HeadersObject;
}

export interface DocumentOptions {
  readonly router: AnyTRPCRouter;
  readonly info: oas31.InfoObject;
  /** Their URLs end in the base path of the handler. */
  readonly servers: readonly oas31.ServerObject[];
  /** The routes beside the router, each with a `document`. */
  readonly routes?: readonly RawRoute[];
  readonly tags?: readonly oas31.TagObject[];
  /** How a caller says who it is. Default: `bearer`, a JWT in the Authorization header. */
  readonly security?: { readonly name: string; readonly scheme: oas31.SecuritySchemeObject };
  readonly problem: {
    /** The body of every error; becomes the component `Problem`. Needs a string `code`. */
    readonly schema: z.ZodType;
    of(code: string): ProblemDescription;
  };
  /** The codes an operation can answer with whatever it does: no token, too many requests, invalid input. */
  commonProblems?(operation: OperationInfo): readonly string[];
  /** The field that `If-Match` sets, as the handler has it. */
  readonly ifMatchField?: string;
  /** Headers that an operation takes and gives beside those of entity tags. */
  headersOf?(operation: OperationInfo): OperationHeaders | undefined;
  /** Whether the answers of an operation carry an ETag. */
  hasEtag?(operation: OperationInfo): boolean;
}
