import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRestHandler } from '../handler.ts';
import type { RawRoute } from '../operation.ts';
import { answerError, t } from '../testing/test-surface.ts';
import { createDocument } from './create-document.ts';
import type { DocumentOptions } from './options.ts';

const Id = z.uuid().meta({ description: 'A UUID.' });
const Task = z.strictObject({ id: Id, title: z.string(), version: z.int() }).meta({ id: 'Task' });
const TaskPage = z.strictObject({ items: z.array(Task), total: z.int() }).meta({ id: 'TaskPage' });
const Problem = z.strictObject({ status: z.int(), code: z.string(), detail: z.string() }).meta({ id: 'Problem' });
const version = z.union([z.int(), z.array(z.int())]).optional();

const router = t.router({
  tasks: {
    list: t.procedure
      .meta({
        openapi: { method: 'GET', path: '/tasks', summary: 'List', tags: ['tasks'] },
        rest: { example: { input: { size: 5 } } },
      })
      .input(
        z.strictObject({
          size: z.int().max(100).default(20).meta({ description: 'Items on a page.' }),
          status: z
            .array(z.enum(['todo', 'done']))
            .min(1)
            .optional()
            .meta({ description: 'May repeat.' }),
          due_from: z.iso.datetime().optional(),
        }),
      )
      .output(TaskPage)
      .query(() => ({ items: [], total: 0 })),
    get: t.procedure
      .meta({
        openapi: { method: 'GET', path: '/tasks/{task_id}', summary: 'Get', tags: ['tasks'] },
        rest: { problems: ['TASK_NOT_FOUND'] },
      })
      .input(z.strictObject({ task_id: Id }))
      .output(Task)
      .query(() => ({ id: '', title: '', version: 1 })),
    create: t.procedure
      .meta({
        openapi: { method: 'POST', path: '/tasks/', summary: 'Create', description: 'Makes a task.', tags: ['tasks'] },
        rest: {
          status: 201,
          location: '/tasks/{id}',
          problems: ['TEAM_NOT_FOUND'],
          example: { input: { title: 'x' }, output: { id: 'y' } },
        },
      })
      .input(z.strictObject({ title: z.string(), details: z.strictObject({ a: z.string() }).optional() }))
      .output(Task)
      .mutation(() => ({ id: '', title: '', version: 1 })),
    update: t.procedure
      .meta({
        openapi: { method: 'PUT', path: '/tasks/{task_id}', summary: 'Update', tags: ['tasks'] },
        rest: { problems: ['STALE', 'TASK_NOT_FOUND', 'TEAM_NOT_FOUND'] },
      })
      .input(
        z.strictObject({ task_id: Id, title: z.string().optional(), expected_version: version }).refine(() => true),
      )
      .output(Task)
      .mutation(() => ({ id: '', title: '', version: 1 })),
    remove: t.procedure
      .meta({
        openapi: { method: 'DELETE', path: '/tasks/{task_id}', summary: 'Delete', tags: ['tasks'] },
        rest: { status: 204, problems: ['STALE'] },
      })
      .input(z.strictObject({ task_id: Id, expected_version: version }))
      .output(z.void())
      .mutation(() => undefined),
    readAll: t.procedure
      .meta({ openapi: { method: 'PUT', path: '/read-all', summary: 'Read all', protect: false, tags: ['tasks'] } })
      .input(z.strictObject({}))
      .output(z.strictObject({ updated: z.int() }))
      .mutation(() => ({ updated: 0 })),
  },
  hidden: t.procedure
    .meta({ rest: { noRestReason: 'none' } })
    .output(z.void())
    .query(() => undefined),
});

const download: RawRoute = {
  id: 'files.download',
  method: 'GET',
  path: '/tasks/{task_id}/files/{file_id}',
  handle: () => Promise.resolve(),
  problems: ['FILE_NOT_FOUND'],
  document: {
    summary: 'Download',
    requestParams: { path: z.object({ file_id: Id }) },
    responses: {
      200: {
        description: 'The file.',
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    },
  },
};
const upload: RawRoute = {
  ...download,
  id: 'tasks.upload',
  method: 'PATCH',
  path: '/tasks/{task_id}',
  protect: false,
  document: {
    summary: 'Upload',
    responses: { 201: { description: 'Made.', content: { 'application/json': { schema: Task } } } },
  },
};

const titles: Record<string, { status: number; title: string }> = {
  UNAUTHENTICATED: { status: 401, title: 'No token' },
  TASK_NOT_FOUND: { status: 404, title: 'No such task' },
  TEAM_NOT_FOUND: { status: 404, title: 'No such team' },
  FILE_NOT_FOUND: { status: 404, title: 'No such file' },
  STALE: { status: 412, title: 'Changed since' },
  INVALID: { status: 422, title: 'Not valid' },
};

const options: DocumentOptions = {
  router,
  info: { title: 'Test', version: '1.0.0', description: 'All of it.', license: { name: 'MIT', identifier: 'MIT' } },
  servers: [{ url: 'https://api.test/api/v1' }],
  tags: [{ name: 'tasks', description: 'Work to do.' }],
  routes: [download, upload],
  problem: {
    schema: Problem,
    of: (code) => ({
      ...(titles[code] ?? { status: 500, title: code }),
      ...(code === 'STALE' && { headers: { 'X-A': { schema: {} } } }),
    }),
  },
  commonProblems: ({ meta }) => (meta?.openapi?.protect === false ? ['INVALID'] : ['UNAUTHENTICATED', 'INVALID']),
  ifMatchField: 'expected_version',
  hasEtag: ({ id }) => ['tasks.get', 'tasks.create', 'tasks.update'].includes(id),
};

// As JSON, which is how it leaves the server.
const document: ReturnType<typeof createDocument> = JSON.parse(JSON.stringify(createDocument(options)));
const at = (path: string, method: 'get' | 'put' | 'post' | 'patch' | 'delete') => document.paths?.[path]?.[method];

describe('the document', () => {
  it('says what the caller says of the API', () => {
    expect(document).toMatchObject({
      openapi: '3.1.1',
      info: options.info,
      servers: options.servers,
      tags: options.tags,
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    });
  });

  it('describes exactly what the handler serves', () => {
    const { operations } = createRestHandler({
      router,
      basePath: '/api/v1',
      createContext: () => ({}),
      onError: answerError,
      routes: [download, upload],
    });
    const served = operations.map(({ id, method, path }) => `${id} ${method} ${path}`);
    const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, one]: [string, { operationId?: string }]) => `${one.operationId} ${method.toUpperCase()} ${path}`,
      ),
    );
    expect(described.toSorted()).toEqual(served.toSorted());
    expect(new Set(described).size).toBe(8);
  });

  it('keeps summary, description and tags', () => {
    expect(at('/tasks', 'post')).toMatchObject({ summary: 'Create', description: 'Makes a task.', tags: ['tasks'] });
  });

  it('names components by their id, and none that is not used', () => {
    expect(Object.keys(document.components?.schemas ?? {}).toSorted()).toEqual(['Problem', 'Task', 'TaskPage']);
    expect(at('/tasks', 'get')?.responses?.['200']).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/TaskPage' } } },
    });
  });

  it('asks for a token unless an operation is open', () => {
    expect(at('/tasks', 'get')?.security).toEqual([{ bearer: [] }]);
    expect(at('/read-all', 'put')?.security).toEqual([]);
    expect(at('/tasks/{task_id}', 'patch')?.security).toEqual([]);
    expect(at('/tasks/{task_id}/files/{file_id}', 'get')?.security).toEqual([{ bearer: [] }]);
  });
});

it('names a format without writing it out', () => {
  expect(document.components?.schemas?.['Task']).toMatchObject({ properties: { id: { format: 'uuid' } } });
  expect(JSON.stringify(document)).not.toContain('"pattern"');
});

describe('parameters', () => {
  it('of the query have their descriptions, defaults and style', () => {
    expect(at('/tasks', 'get')?.parameters).toMatchObject([
      {
        name: 'size',
        in: 'query',
        description: 'Items on a page.',
        example: 5,
        schema: { type: 'integer', default: 20, maximum: 100 },
      },
      {
        name: 'status',
        in: 'query',
        description: 'May repeat.',
        style: 'form',
        explode: true,
        schema: { type: 'array', items: { enum: ['todo', 'done'] } },
      },
      { name: 'due_from', in: 'query', schema: { format: 'date-time' } },
    ]);
    for (const one of at('/tasks', 'get')?.parameters ?? []) expect(one).not.toHaveProperty('required', true);
  });

  it('of the path are due', () => {
    expect(at('/tasks/{task_id}', 'get')?.parameters?.[0]).toMatchObject({
      name: 'task_id',
      in: 'path',
      required: true,
      description: 'A UUID.',
      schema: { format: 'uuid' },
    });
  });

  it('of the path of a route are filled in', () => {
    const { parameters = [] } = at('/tasks/{task_id}/files/{file_id}', 'get') ?? {};
    expect(parameters).toMatchObject([
      { name: 'file_id', required: true, schema: { format: 'uuid' } },
      { name: 'task_id', required: true, schema: { type: 'string' } },
    ]);
  });

  it('of conditions are headers, not part of body or query', () => {
    const headers = (path: string, method: 'get' | 'put' | 'delete') =>
      (at(path, method)?.parameters ?? []).flatMap((one) =>
        'in' in one && one.in !== 'path' ? [`${one.in} ${one.name}`] : [],
      );
    expect(headers('/tasks/{task_id}', 'get')).toEqual(['header If-None-Match']);
    expect(headers('/tasks/{task_id}', 'put')).toEqual(['header If-Match']);
    expect(headers('/tasks/{task_id}', 'delete')).toEqual(['header If-Match']);
    expect(JSON.stringify(document)).not.toContain('expected_version');
  });
});

describe('request bodies', () => {
  it('are strict, and due where a property is', () => {
    expect(at('/tasks', 'post')?.requestBody).toMatchObject({
      required: true,
      content: {
        'application/json': {
          schema: {
            required: ['title'],
            additionalProperties: false,
            properties: { details: { additionalProperties: false } },
          },
          example: { title: 'x' },
        },
      },
    });
  });

  it('stay strict where the input is refined, and leave out the path and the condition', () => {
    expect(at('/tasks/{task_id}', 'put')?.requestBody).toEqual({
      required: false,
      content: {
        'application/json': {
          schema: { type: 'object', properties: { title: { type: 'string' } }, additionalProperties: false },
        },
      },
    });
  });

  it('are not there where nothing is taken', () => {
    expect(at('/read-all', 'put')).not.toHaveProperty('requestBody');
    expect(at('/read-all', 'put')).not.toHaveProperty('parameters');
    expect(at('/tasks/{task_id}', 'delete')).not.toHaveProperty('requestBody');
  });
});

describe('responses', () => {
  const statuses = (path: string, method: 'get' | 'put' | 'post' | 'patch' | 'delete') =>
    Object.keys(at(path, method)?.responses ?? {});

  it('have the status of the operation', () => {
    expect(statuses('/tasks', 'post')).toEqual(['201', '401', '404', '422']);
    expect(statuses('/tasks/{task_id}', 'get')).toEqual(['200', '304', '401', '404', '422']);
    expect(statuses('/tasks/{task_id}', 'put')).toEqual(['200', '401', '404', '412', '422']);
    expect(statuses('/tasks/{task_id}', 'delete')).toEqual(['204', '401', '412', '422']);
    expect(statuses('/read-all', 'put')).toEqual(['200', '422']);
    expect(statuses('/tasks/{task_id}', 'patch')).toEqual(['201', '401', '404', '422']);
  });

  it('of 201 and of tagged operations have headers', () => {
    expect(at('/tasks', 'post')?.responses?.['201']).toMatchObject({
      headers: { Location: {}, ETag: {} },
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Task' }, example: { id: 'y' } } },
    });
    expect(at('/tasks', 'get')?.responses?.['200']).not.toHaveProperty('headers');
    expect(at('/tasks/{task_id}', 'get')?.responses?.['304']).toMatchObject({ headers: { ETag: {} } });
  });

  it('of 204 have no content', () => {
    expect(at('/tasks/{task_id}', 'delete')?.responses?.['204']).not.toHaveProperty('content');
  });

  it('of errors say which codes they carry', () => {
    expect(at('/tasks/{task_id}', 'put')?.responses?.['404']).toEqual({
      description: '`TASK_NOT_FOUND`: No such task\n\n`TEAM_NOT_FOUND`: No such team',
      content: {
        'application/problem+json': {
          schema: {
            allOf: [
              { $ref: '#/components/schemas/Problem' },
              {
                type: 'object',
                properties: { status: { const: 404 }, code: { enum: ['TASK_NOT_FOUND', 'TEAM_NOT_FOUND'] } },
              },
            ],
          },
        },
      },
    });
    expect(at('/tasks/{task_id}', 'put')?.responses?.['412']).toMatchObject({ headers: { 'X-A': {} } });
  });
});

it('refuses a route that is not described', () => {
  const { document: _document, ...bare } = download;
  expect(() => createDocument({ ...options, routes: [bare] })).toThrow('files.download has no document');
});
