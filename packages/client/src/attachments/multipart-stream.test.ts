import { expect, test } from 'vitest';
import { multipartStream } from './multipart-stream.ts';

test('a line break or a quote in a filename adds nothing to the head of its part', async () => {
  const filename = 'a"\r\nx-header: y\nz';
  const { body } = multipartStream({ file: new Blob(['hello']), filename });
  const [, disposition, type, blank, content] = (await new Response(body).text()).split('\r\n');
  expect(disposition).toBe('content-disposition: form-data; name="file"; filename="a%22%0D%0Ax-header: y%0Az"');
  expect([type, blank, content]).toEqual(['content-type: application/octet-stream', '', 'hello']);
});
