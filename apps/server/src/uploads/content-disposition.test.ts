import { describe, expect, test } from 'vitest';
import { contentDisposition } from './content-disposition.ts';

const wellFormed = /^attachment(; *filename(\*=UTF-8''[\w.~!#$&+^`|%-]*|="([^"\\]|\\.)*"|=[\w.~-]+))*$/i;

describe('contentDisposition', () => {
  test.each([
    ['hello.txt', 'attachment; filename="hello.txt"'],
    ["semi;colon='x'.txt", `attachment; filename="semi;colon='x'.txt"`],
    ['quo"te.txt', `attachment; filename="quo_te.txt"; filename*=UTF-8''quo%22te.txt`],
    ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    ["(ü)*'.txt", `attachment; filename="(_)*'.txt"; filename*=UTF-8''%28%C3%BC%29%2A%27.txt`],
    ['木🚀', `attachment; filename="__"; filename*=UTF-8''%E6%9C%A8%F0%9F%9A%80`],
    ['a\r\nSet-Cookie: b', `attachment; filename="a__Set-Cookie: b"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b`],
  ])('%j', (filename, header) => {
    expect(contentDisposition(filename)).toBe(header);
    expect(header).toMatch(wellFormed);
  });
});
