import { initTRPC, type AnyTRPCProcedure } from '@trpc/server';
import { generateOpenApiDocument, type OpenApiMeta } from 'trpc-to-openapi';
import type * as oas31 from 'openapi3-ts/oas31';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import { inputShapeOf } from '../input-shape.ts';
import { normalTemplate } from '../path-template.ts';
import { listRestProcedures, type RestProcedureInfo } from '../procedures.ts';
import { isSchema, isStrict, objectOf } from '../schema.ts';
import type { DocumentOptions } from './options.ts';

export const problemName = 'Problem';
export const defaultSecurity = {
  name: 'bearer',
  scheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
} as const;

/**
 * What trpc-to-openapi makes of the router. It gets a router of stand-ins, which have the shape of the real procedures
 * and leave out what its generator stumbles over: refined inputs (their strictness is lost), the field of If-Match (no part
 * of body or query here), error responses of its own.
 */
export function createBase(options: DocumentOptions): oas31.OpenAPIObject {
  const { title, version } = options.info;
  const { name, scheme } = options.security ?? defaultSecurity;
  const standIns = listRestProcedures(options.router).map((entry) => [
    entry.path,
    standIn(entry, options.ifMatchField),
  ]);
  const procedures: Record<string, AnyTRPCProcedure> = Object.fromEntries(standIns);
  return generateOpenApiDocument(t.router(procedures), {
    title,
    version,
    baseUrl: '',
    openApiVersion: '3.1.1',
    securitySchemes: { [name]: scheme },
    defs: { [problemName]: options.problem.schema },
    paths: routePaths(options),
  });
}

const t = initTRPC.meta<OpenApiMeta>().create();

function standIn(entry: RestProcedureInfo, ifMatchField: string | undefined): AnyTRPCProcedure {
  const { meta, output, path } = entry;
  if (!isSchema(output)) throw new Error(`The output of ${path} is not a zod schema`);
  const input = standInInput(entry, ifMatchField);
  const base = t.procedure.meta({ openapi: { ...meta.openapi, operationId: path, errorResponses: [] } });
  const resolve = (): never => {
    throw new Error('A stand-in is only looked at');
  };
  return input ? base.input(input).output(output).query(resolve) : base.output(output).query(resolve);
}

function standInInput(entry: RestProcedureInfo, ifMatchField: string | undefined): z.ZodObject | undefined {
  const { shape } = inputShapeOf(entry);
  if (shape === undefined) return undefined;
  const shown = Object.fromEntries(Object.entries(shape).filter(([name]) => name !== ifMatchField));
  const isEveryStrict = entry.inputs.every((input) => {
    const object = isSchema(input) ? objectOf(input) : undefined;
    return object !== undefined && isStrict(object);
  });
  return isEveryStrict ? z.strictObject(shown) : z.object(shown);
}

function routePaths({ routes = [] }: DocumentOptions): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const { id, method, path, document } of routes) {
    if (!document) throw new Error(`The route ${id} has no document`);
    const template = normalTemplate(path);
    paths[template] = { ...paths[template], [method.toLowerCase()]: document };
  }
  return paths;
}
