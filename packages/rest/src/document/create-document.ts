import type * as oas31 from 'openapi3-ts/oas31';
import { inputShapeOf } from '../input-shape.ts';
import type { OperationInfo, RawRoute } from '../operation.ts';
import { procedureOperation } from '../procedure-route.ts';
import { listRestProcedures, type RestProcedureInfo } from '../procedures.ts';
import { rawOperation } from '../raw-route.ts';
import { createBase, defaultSecurity } from './base.ts';
import type { DocumentOptions } from './options.ts';
import { describeParameters } from './parameters.ts';
import { describeBody } from './request-body.ts';
import { describeProblems, describeSuccess } from './responses.ts';
import { tidy } from './tidy.ts';

/**
 * Describes every operation that `createRestHandler` serves for the same router and routes, as OpenAPI 3.1.
 * @throws Error when one of them cannot be described.
 */
export function createDocument(options: DocumentOptions): oas31.OpenAPIObject {
  const base = createBase(options);
  const paths: oas31.PathsObject = {};
  const put = (info: OperationInfo, describe: (generated: oas31.OperationObject) => oas31.OperationObject): void => {
    const method = methodKeys[info.method];
    const generated = base.paths?.[info.path]?.[method];
    if (!generated) throw new Error(`${info.id} is not in the generated document`);
    paths[info.path] = { ...paths[info.path], [method]: describe(generated) };
  };
  for (const entry of listRestProcedures(options.router)) {
    const info = procedureOperation(entry);
    put(info, (generated) => describeProcedure(entry, info, generated, options));
  }
  for (const route of options.routes ?? []) {
    const info = rawOperation(route);
    put(info, (generated) => describeRoute(route, info, generated, options));
  }
  return tidy({
    openapi: base.openapi,
    info: options.info,
    servers: [...options.servers],
    ...(options.tags ? { tags: [...options.tags] } : {}),
    paths,
    components: base.components ?? {},
  });
}

const methodKeys = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const satisfies Record<
  OperationInfo['method'],
  keyof oas31.PathItemObject
>;

function describeProcedure(
  entry: RestProcedureInfo,
  info: OperationInfo,
  generated: oas31.OperationObject,
  options: DocumentOptions,
): oas31.OperationObject {
  const { shape } = inputShapeOf(entry);
  const { ifMatchField } = options;
  const hasEtag = options.hasEtag?.(info) ?? false;
  const headers = options.headersOf?.(info);
  const parameters = describeParameters({
    info,
    generated: generated.parameters ?? [],
    shape,
    takesIfMatch: ifMatchField !== undefined && shape !== undefined && Object.hasOwn(shape, ifMatchField),
    takesIfNoneMatch: hasEtag && info.method === 'GET',
    headers: headers?.request ?? [],
  });
  const requestBody = describeBody(info, generated.requestBody);
  const { parameters: _parameters, requestBody: _body, responses: _responses, ...rest } = generated;
  return {
    ...rest,
    operationId: info.id,
    security: securityOf(entry.meta.openapi.protect, options),
    ...(parameters && parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: {
      ...describeSuccess(info, generated.responses ?? {}, hasEtag, headers?.response ?? {}),
      ...problemsOf(info, entry.meta.rest?.problems, options),
    },
  };
}

function describeRoute(
  { problems, protect }: RawRoute,
  info: OperationInfo,
  generated: oas31.OperationObject,
  options: DocumentOptions,
): oas31.OperationObject {
  const parameters = describeParameters({
    info,
    generated: generated.parameters ?? [],
    shape: undefined,
    takesIfMatch: false,
    takesIfNoneMatch: false,
    headers: options.headersOf?.(info)?.request ?? [],
  });
  return {
    ...generated,
    operationId: info.id,
    security: generated.security ?? securityOf(protect, options),
    ...(parameters && parameters.length > 0 ? { parameters } : {}),
    responses: { ...generated.responses, ...problemsOf(info, problems, options) },
  };
}

function securityOf(protect: boolean | undefined, { security }: DocumentOptions): oas31.SecurityRequirementObject[] {
  return protect === false ? [] : [{ [(security ?? defaultSecurity).name]: [] }];
}

function problemsOf(
  info: OperationInfo,
  own: readonly string[] | undefined,
  options: DocumentOptions,
): oas31.ResponsesObject {
  return describeProblems([...(options.commonProblems?.(info) ?? []), ...(own ?? [])], options);
}
