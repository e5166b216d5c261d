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
    expect(await recogniseContentType(head, 'file')).toBe(type);
  });

  test.each([
    ['data.json', 'application/json'],
    ['list.csv', 'text/csv'],
    ['list.tsv', 'text/tab-separated-values'],
    ['notes.md', 'text/markdown'],
    ['NOTES.MARKDOWN', 'text/markdown'],
    ['compose.yaml', 'application/yaml'],
    ['ci.v2.yml', 'application/yaml'],
    ['Cargo.toml', 'application/toml'],
  ])('of text that is called %s', async (name, type) => {
    expect(await recogniseContentType(Buffer.from('[1]'), name)).toBe(type);
  });

  // Nothing that a browser would run or show by itself, and nothing that is not in the table.
  const others =
    'a.html a.htm a.xhtml a.svg a.xml a.js a.mjs a.css a.pdf a.png a.toString .json json a.json.txt a.json~ a.json.';
  test.each(others.split(' '))('of text that is called %s: no more than text', async (name) => {
    expect(await recogniseContentType(Buffer.from('[1]'), name)).toBe('text/plain');
  });

  test.each([
    ['a picture', png, 'image/png'],
    ['no text', Buffer.from('{"a\u0000":1}'), 'application/octet-stream'],
    ['nothing', Buffer.alloc(0), 'application/octet-stream'],
  ])('what is not text is not made text by its name: %s', async (_what, head, type) => {
    expect(await recogniseContentType(head, 'data.json')).toBe(type);
  });

  test.each([1, 2, 3])('the head of a longer text may cut a character after %i bytes', async (cut) => {
    const head = Buffer.from(`${'x'.repeat(headBytes - cut)}🚀`).subarray(0, headBytes);
    expect(await recogniseContentType(head, 'file')).toBe('text/plain');
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
      expect(await recogniseContentType(head, 'file')).toMatch(/^[a-z]+\/[\w.+-]+$/);
    }
  });
});
