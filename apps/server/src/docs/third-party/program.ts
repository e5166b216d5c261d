/**
 * What somebody writes who has nothing but the document: types by openapi-typescript, requests by openapi-fetch. It is
 * compiled and run in a folder of its own, where `openapi.ts` is generated.
 */
export const program = `
import createClient from 'openapi-fetch';
import type { components, paths } from './openapi.ts';

declare const process: { argv: [string, string, string] };
type Task = components['schemas']['Task'];

const client = createClient<paths>({ baseUrl: process.argv[2] + '/api/v1', querySerializer: { array: { style: 'form', explode: true } } });
const ann = { email: 'ann@example.com', username: 'ann', password: 'correct-horse-battery' };

const registered = await client.POST('/auth/register', { body: ann });
const login = await client.POST('/auth/login', { body: { email: ann.email, password: ann.password } });
if (!login.data) throw new Error(login.error.detail);
const headers = { authorization: 'Bearer ' + login.data.access_token };

const made = await client.POST('/tasks', { headers, body: { title: 'Ship it', status: 'todo', priority: 'high', tags: ['a', 'b'] } });
const task: Task | undefined = made.data;
if (!task) throw new Error('no task');

const list = await client.GET('/tasks', { headers, params: { query: { status: ['todo', 'done'], size: 5 } } });
const titles: string[] | undefined = list.data?.items.map(({ title }) => title);

const path = { task_id: task.id };
const etag = made.response.headers.get('etag') ?? '';
const patched = await client.PATCH('/tasks/{task_id}', { headers, params: { path, header: { 'If-Match': etag } }, body: { status: 'done' } });
const stale = await client.PATCH('/tasks/{task_id}', { headers, params: { path, header: { 'If-Match': etag } }, body: { title: 'Late' } });
const refusal: string | undefined = stale.error?.code;

const archived = await client.DELETE('/tasks/{task_id}', { headers, params: { path } });

// The compiler must refuse what the document does not know.
// @ts-expect-error: no such status
void (() => client.GET('/tasks', { params: { query: { status: ['lost'] } } }));
// @ts-expect-error: a team has a name
void (() => client.POST('/teams', { body: { description: 'Nameless' } }));
// @ts-expect-error: no such path
void (() => client.GET('/projects'));

console.log(JSON.stringify({
  registered: [registered.response.status, registered.data?.username],
  made: [made.response.status, task.tags],
  list: [list.response.status, titles],
  patched: [patched.response.status, patched.data?.status],
  stale: [stale.response.status, refusal],
  archived: archived.response.status,
}));
`;
