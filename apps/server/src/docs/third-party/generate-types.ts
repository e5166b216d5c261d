import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';

const [document = '', target = ''] = process.argv.slice(2);
await writeFile(target, astToString(await openapiTypescript(pathToFileURL(document))));
