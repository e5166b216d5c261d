import type { OpenApiMeta } from 'trpc-to-openapi';

/** The statuses a success can have. 204 has no body. */
export const successStatuses = [200, 201, 204] as const;
export type SuccessStatus = (typeof successStatuses)[number];

/** What REST needs to know of an operation beyond `meta.openapi`. */
export interface RestOptions {
  /** The status of success. Default 200. */
  readonly status?: SuccessStatus;
  /**
   * Only with status 201: the path of what was made, below the base path, such as `/teams/{team_id}/members/{user.id}`.
   * A (dotted) name is looked up in the output first, then in the input.
   */
  readonly location?: string;
  /** The error codes this operation can answer with. This package does not know what they mean. */
  readonly problems?: readonly string[];
  /** Why the procedure is not on the REST surface. Due where `openapi` is missing. */
  readonly noRestReason?: string;
  /** Shown in the document: `input` as the caller would write it over RPC, path parameters included. */
  readonly example?: { readonly input?: Record<string, unknown>; readonly output?: unknown };
}

/** The meta of a procedure: `initTRPC.meta<RestMeta>()`, or an interface that extends it. */
export type RestMeta = OpenApiMeta<{ rest?: RestOptions }>;
