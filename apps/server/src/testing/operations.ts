import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { committedDocument } from '../docs/committed-document.ts';

/** A JSON Schema, as far as tests read one. */
export interface JsonSchema {
  $ref?: string;
  type?: string | readonly string[];
  format?: string;
  enum?: readonly unknown[];
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
}

const Schema: z.ZodType<JsonSchema> = z.any();
const Media = z.object({ schema: Schema, example: z.unknown().optional() });
const Content = z.record(z.string(), Media).default({});
/** Ours come always, unless the document says otherwise. */
const Header = z.object({ required: z.boolean().default(true) });
const Response = z.object({ headers: z.record(z.string(), Header).default({}), content: Content });
const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  schema: Schema,
  example: z.unknown().optional(),
});
const OperationObject = z.object({
  operationId: z.string(),
  security: z.array(z.unknown()),
  parameters: z.array(Parameter).default([]),
  requestBody: z.object({ required: z.boolean().default(false), content: Content }).optional(),
  responses: z.record(z.string(), Response),
});
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

export type Parameter = z.infer<typeof Parameter>;

/** One operation of the document. */
export interface Operation extends z.infer<typeof OperationObject> {
  method: string;
  /** The template below `/api/v1`. */
  path: string;
  isProtected: boolean;
}

/** The committed document, which a test holds equal to the one that is served. */
export const openApiDocument: object = JSON.parse(readFileSync(committedDocument, 'utf8'));

/** Every operation of the document: what is generated from them covers a new one by itself. */
export const operations: readonly Operation[] = Object.entries(Document.parse(openApiDocument).paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, object]) => {
      const operation = OperationObject.parse(object);
      return { ...operation, method: method.toUpperCase(), path, isProtected: operation.security.length > 0 };
    }),
);

/** The JSON body that an operation takes, if it takes one. */
export const jsonBodyOf = ({ requestBody }: Operation) => requestBody?.content['application/json'];

/** The template's parameters replaced; a value that is not given is left out. */
export function fill(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
