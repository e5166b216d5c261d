import type { RawRoute } from '@taskmaster/rest';

const example = { openapi: '3.1.1', info: { title: 'TaskMaster Pro', version: '1.0.0' }, paths: {} };

/** `GET /openapi.json`, for everybody. The document describes this route too, so it is made afterwards. */
export function documentRoute(getDocument: () => object): RawRoute {
  let text: string | undefined;
  return {
    id: 'openapi',
    method: 'GET',
    path: '/openapi.json',
    protect: false,
    problems: [],
    async handle({ res }) {
      text ??= JSON.stringify(getDocument());
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      res.end(text);
    },
    document: {
      tags: ['Document'],
      summary: 'Get this document',
      responses: {
        200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' }, example } } },
      },
    },
  };
}
