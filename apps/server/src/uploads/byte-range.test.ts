import { describe, expect, test } from 'vitest';
import { parseRange } from './byte-range.ts';

describe('parseRange of ten bytes', () => {
  test.each([
    ['bytes=2-5', 2, 5],
    ['bytes=0-0', 0, 0],
    ['bytes=9-9', 9, 9],
    ['bytes=8-', 8, 9],
    ['bytes=-3', 7, 9],
    ['bytes=-10', 0, 9],
    ['bytes=-11', 0, 9],
    ['bytes=5-99', 5, 9],
    [`bytes=5-${'9'.repeat(40)}`, 5, 9],
    ['Bytes= 2-5 ', 2, 5],
  ])('%s', (header, start, end) => {
    expect(parseRange(header, 10)).toEqual({ start, end });
  });

  test.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=x-y',
    'lines=1-2',
    'bytes=5-2',
    'bytes=1-2,4-5',
    'bytes=1.5-2',
  ])('%s asks for the whole file', (header) => {
    expect(parseRange(header, 10)).toBeUndefined();
  });

  test.each([
    ['bytes=10-12', 10],
    ['bytes=10-', 10],
    [`bytes=${'9'.repeat(400)}-`, 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
    ['bytes=-1', 0],
  ])('%s of %i bytes is none of them', (header, size) => {
    expect(() => parseRange(header, size)).toThrow(
      expect.objectContaining({ code: 'RANGE_NOT_SATISFIABLE', headers: { 'content-range': `bytes */${size}` } }),
    );
  });
});
