import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { multipart, tail } from '../testing/upload-surface.ts';
import { createMultipartParser } from './multipart-parser.ts';

test('of a field, which is refused at its end, nothing is kept in memory', async () => {
  const req = new IncomingMessage(new Socket());
  req.headers['content-type'] = multipart;
  const parser = createMultipartParser(req);
  const field = new Promise((resolve) => parser.on('field', (name, value) => resolve([name, value])));
  parser.end(`--test-boundary\r\nContent-Disposition: form-data; name="a"\r\n\r\n${'x'.repeat(100_000)}${tail}`);
  expect(await field).toEqual(['a', '']);
});
