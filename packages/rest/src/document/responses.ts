import type * as oas31 from 'openapi3-ts/oas31';
import type { OperationInfo } from '../operation.ts';
import { problemName } from './base.ts';
import type { DocumentOptions, ProblemDescription } from './options.ts';

const etagHeader: oas31.HeaderObject = {
  description: 'Names this state, for If-Match and If-None-Match.',
  schema: { type: 'string' },
};
const locationHeader: oas31.HeaderObject = { description: 'Where what was made is found.', schema: { type: 'string' } };
const successDescriptions = { 200: 'Done.', 201: 'Made.', 204: 'Done; there is nothing to say.' } as const;

/** The success of a procedure under its own status; the generator knows only 200. */
export function describeSuccess(
  { meta }: OperationInfo,
  generated: oas31.ResponsesObject,
  hasEtag: boolean,
  more: oas31.HeadersObject,
): oas31.ResponsesObject {
  const { status = 200, location, example } = meta?.rest ?? {};
  const headers: oas31.HeadersObject = {
    ...(hasEtag ? { ETag: etagHeader } : {}),
    ...(location === undefined ? {} : { Location: locationHeader }),
    ...more,
  };
  const content = status === 204 ? undefined : contentOf(generated['200'], example?.output);
  return {
    [status]: {
      description: meta?.openapi?.successDescription ?? successDescriptions[status],
      ...(Object.keys(headers).length > 0 ? { headers } : {}),
      ...(content ? { content } : {}),
    },
    ...(hasEtag && meta?.openapi?.method === 'GET' ? { 304: notModified } : {}),
  };
}

const notModified: oas31.ResponseObject = {
  description: 'The caller has the current state already.',
  headers: { ETag: etagHeader },
};

function contentOf(response: unknown, example: unknown): oas31.ContentObject | undefined {
  if (!isResponse(response) || !response.content) return undefined;
  if (example === undefined) return response.content;
  return Object.fromEntries(Object.entries(response.content).map(([type, media]) => [type, { ...media, example }]));
}

function isResponse(value: unknown): value is oas31.ResponseObject {
  return typeof value === 'object' && value !== null && 'description' in value;
}

/** One response per status, each of which says which codes it can carry. */
export function describeProblems(codes: readonly string[], { problem }: DocumentOptions): oas31.ResponsesObject {
  const byStatus = new Map<number, (ProblemDescription & { code: string })[]>();
  for (const code of new Set(codes)) {
    const description = problem.of(code);
    byStatus.set(description.status, [...(byStatus.get(description.status) ?? []), { ...description, code }]);
  }
  return Object.fromEntries([...byStatus].map(([status, problems]) => [status, describeProblem(status, problems)]));
}

function describeProblem(
  status: number,
  problems: readonly (ProblemDescription & { code: string })[],
): oas31.ResponseObject {
  const headers: oas31.HeadersObject = Object.assign({}, ...problems.map((one) => one.headers));
  const narrowed: oas31.SchemaObject = {
    type: 'object',
    properties: { status: { const: status }, code: { enum: problems.map(({ code }) => code) } },
  };
  return {
    description: problems.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    content: {
      'application/problem+json': { schema: { allOf: [{ $ref: `#/components/schemas/${problemName}` }, narrowed] } },
    },
  };
}
