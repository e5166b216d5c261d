import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { describeError, errorCodes, isErrorCode } from '@taskmaster/core/errors';
import { Router } from 'express';
import type { RequestHandler } from 'express';
import { onlyReading } from '../http/only-reading.ts';
import { restBasePath } from '../http/rest.ts';
import { pagePolicy } from '../http/security-headers.ts';

const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const base = `${restBasePath}/docs`;

const page = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;

const referencePage = page(
  'TaskMaster Pro API',
  `<link rel="stylesheet" href="${base}/assets/swagger-ui.css">`,
  `<div id="reference"></div>
<script src="${base}/assets/swagger-ui-bundle.js"></script>
<script src="${base}/start.js"></script>`,
);

const startScript = `SwaggerUIBundle({
  url: ${JSON.stringify(`${restBasePath}/openapi.json`)},
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

/** What the `type` of a problem leads to. */
const errorsPage = page(
  'TaskMaster Pro: error codes',
  '<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}td,th{padding:.3rem 1rem .3rem 0;text-align:left;vertical-align:top}tr:target{background:#fff3bf}</style>',
  `<h1>Error codes</h1>
<p>Every error is <code>application/problem+json</code>. Switch on <code>code</code>; titles may change.</p>
<table>
<tr><th>Code</th><th>Status</th><th>Meaning</th></tr>
${Object.keys(errorCodes)
  .filter(isErrorCode)
  .map(
    (code) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${describeError(code).status}</td><td>${describeError(code).title}</td></tr>`,
  )
  .join('\n')}
</table>`,
);

const text =
  (type: string, body: string): RequestHandler =>
  (_req, res) => {
    res.type(type).send(body);
  };

const asset =
  (name: string): RequestHandler =>
  (_req, res) =>
    res.sendFile(name, { root: assets, maxAge: '1d' });

/** `GET /docs`: the reference, from a package on this disk: it works with no internet. */
export function createDocs(): RequestHandler {
  const docs = Router();
  docs.use(pagePolicy);
  docs.route('/').get(text('html', referencePage)).all(onlyReading);
  docs.route('/errors').get(text('html', errorsPage)).all(onlyReading);
  docs.route('/start.js').get(text('js', startScript)).all(onlyReading);
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    docs.route(`/assets/${file}`).get(asset(file)).all(onlyReading);
  }
  return docs;
}
