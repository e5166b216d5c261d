import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { headBytes, recogniseContentType } from './content-type.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');

describe('recogniseContentType', () => {
  test.each([
    ['a picture', png, 'image/png'],
    ['a PDF', Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n'), 'application/pdf'],
    ['text', Buffer.from('Grüße\r\n\tund mehr\f'), 'text/plain'],
    ['a page: text to us', Buffer.from('<script>alert(1)</script>'), 'text/plain'],
    ['a drawing: text to us', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'text/plain'],
    ['XML', Buffer.from('<?xml version="1.0"?><a/>'), 'application/xml'],
    ['nothing', Buffer.alloc(0), 'application/octet-stream'],
    ['text with a NUL', Buffer.from('a\u0000b'), 'application/octet-stream'],
    ['what is not UTF-8', Buffer.from([0x61, 0xff, 0x62]), 'application/octet-stream'],
    ['a short file that ends within a character', Buffer.from([0x61, 0xc3]), 'application/octet-stream'],
    ['a broken archive', Buffer.from('504b030414000000ffff', 'hex'), 'application/zip'],
  ])('%s', async (_what, head, type) => {
    expect(await recogniseContentType(head)).toBe(type);
  });

  test.each([1, 2, 3])('the head of a longer text may cut a character after %i bytes', async (cut) => {
    const head = Buffer.from(`${'x'.repeat(headBytes - cut)}🚀`).subarray(0, headBytes);
    expect(await recogniseContentType(head)).toBe('text/plain');
  });

  test('never throws, whatever the bytes', async () => {
    const starts = [
      '504b0304',
      '1f8b08',
      '52494646',
      '3026b2758e66cf11',
      '1a45dfa3',
      '494433',
      '664c6143',
      '4949 2a00',
    ];
    for (const start of starts) {
      const head = Buffer.concat([Buffer.from(start.replaceAll(' ', ''), 'hex'), Buffer.alloc(200, 0xff)]);
      expect(await recogniseContentType(head)).toMatch(/^[a-z]+\/[\w.+-]+$/);
    }
  });
});
