import { appRouter } from '@taskmaster/api';
import type { FieldError } from '@taskmaster/core/errors';
import { Problem } from '@taskmaster/core/errors';
import { listProcedures } from '@taskmaster/rest';
import { z } from 'zod';
import { multipart } from './factories.ts';
import { fill, operations } from './operations.ts';
import type { Answer, HttpClient } from './http-client.ts';

/** One procedure with what it is asked. */
export interface Call {
  operation: string;
  input: Readonly<Record<string, unknown>>;
  token?: string | undefined;
}

/** What a client hears, whatever the surface: data, or a refusal. */
export type Heard =
  | { outcome: 'OK'; data: unknown }
  | { outcome: string; status: number; detail: string; errors: readonly FieldError[] | undefined };

const procedures = new Map(listProcedures(appRouter).map((procedure) => [procedure.path, procedure]));

/** The procedures that are on REST. */
export const restProcedures = [...procedures.values()].filter(({ meta }) => meta.openapi);

function procedureOf(operation: string) {
  const procedure = procedures.get(operation);
  if (!procedure) throw new Error(`there is no procedure ${operation}`);
  return procedure;
}

/** Over REST: the input goes where the operation has it, in the path, the query, the body or If-Match. */
export async function askRest({ rest }: HttpClient, { operation, input, token }: Call): Promise<Heard> {
  const { openapi } = procedureOf(operation).meta;
  if (!openapi) throw new Error(`${operation} is not on REST`);
  const { expected_version, ...fields } = input;
  const inPath = Object.entries(fields).filter(([name]) => openapi.path.includes(`{${name}}`));
  const others = Object.entries(fields).filter(([name]) => !openapi.path.includes(`{${name}}`));
  const path = fill(openapi.path, Object.fromEntries(inPath.map(([name, value]) => [name, String(value)])));
  const headers = { ...(expected_version !== undefined && { 'if-match': `"${Number(expected_version)}"` }) };
  const isRead = openapi.method === 'GET' || openapi.method === 'DELETE';
  const query = new URLSearchParams();
  for (const [name, value] of isRead ? others : []) {
    for (const one of [value].flat()) query.append(name, String(one));
  }
  const body = !isRead && others.length > 0 ? { body: Object.fromEntries(others) } : {};
  return heardOverRest(
    await rest(openapi.method, query.size > 0 ? `${path}?${query.toString()}` : path, { token, headers, ...body }),
  );
}

/** A route beside tRPC, by its operationId: all its input is in the path, and where it takes a file it gets one. */
export async function askRoute({ rest }: HttpClient, { operation, input, token }: Call): Promise<Heard> {
  const route = operations.find(({ operationId }) => operationId === operation);
  if (!route) throw new Error(`there is no route ${operation}`);
  const path = fill(
    route.path,
    Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)])),
  );
  const file = route.requestBody?.content['multipart/form-data'] ? multipart('a.txt', 'some bytes') : {};
  return heardOverRest(await rest(route.method, path, { token, ...file }));
}

function heardOverRest({ status, text, headers, as, json }: Answer): Heard {
  if (status < 400) {
    if (text === '') return { outcome: 'OK', data: undefined };
    return { outcome: 'OK', data: headers['content-type']?.startsWith('application/json') ? json() : text };
  }
  const { code, detail, errors } = as(Problem);
  return { outcome: code, status, detail, errors };
}

const Success = z.object({ result: z.object({ data: z.unknown().optional() }) });
const Refusal = z.object({
  error: z.object({
    message: z.string(),
    data: z.object({
      httpStatus: z.int(),
      error: z.object({
        code: z.string(),
        request_id: z.string().min(1),
        errors: z.array(z.object({ path: z.string(), message: z.string(), code: z.string() })).optional(),
      }),
    }),
  }),
});

/** Over typed RPC, one call a request. */
export async function askRpc(client: HttpClient, { operation, input, token }: Call): Promise<Heard> {
  const { type } = procedureOf(operation);
  if (type === 'subscription') throw new Error(`${operation} is not for HTTP`);
  const { status, as } = await client.rpc(type, operation, input, { token });
  if (status < 400) return { outcome: 'OK', data: as(Success).result.data };
  const { message, data } = as(Refusal).error;
  return { outcome: data.error.code, status: data.httpStatus, detail: message, errors: data.error.errors };
}

/** The same answer of two servers looks the same: ids by their first appearance, no times, no tokens. */
export function withoutChance(heard: Heard): Heard {
  const labels = new Map<string, string>();
  const label = (id: string) => {
    const known = labels.get(id) ?? `<id ${labels.size + 1}>`;
    labels.set(id, known);
    return known;
  };
  const plain = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value
        .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, label)
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
        .replaceAll(/^[\w-]{30,}(\.[\w-]+)*$/g, '<token>');
    }
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [plain(key), plain(part)]));
  };
  if (!('data' in heard)) return { ...heard, detail: String(plain(heard.detail)) };
  return { outcome: 'OK', data: plain(heard.data) };
}
