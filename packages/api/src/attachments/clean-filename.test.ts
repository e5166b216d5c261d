import { describe, expect, test } from 'vitest';
import { cleanFilename } from './clean-filename.ts';

describe('cleanFilename', () => {
  test.each([
    ['report.pdf', 'report.pdf'],
    ['../../../etc/passwd', 'passwd'],
    [String.raw`..\..\windows\system.ini`, 'system.ini'],
    [String.raw`C:\temp/x.txt`, 'x.txt'],
    ['nul\u0000byte.txt', 'nulbyte.txt'],
    ['tab\there\u007f\u0085.txt', 'tabhere.txt'],
    ['\u202Efdp.exe', 'fdp.exe'],
    ['a\u2066b\u2069c\u200E\u200F\u061C\uFEFF\u2028\u2029.txt', 'abc.txt'],
    ['lone \uD800 surrogate', 'lone \uFFFD surrogate'],
    ['e\u0301.txt', '\u00e9.txt'],
    ['👩\u200D💻.txt', '👩\u200D💻.txt'],
    ['Grüße 木 🚀.txt', 'Grüße 木 🚀.txt'],
    ['.htaccess', '.htaccess'],
    ['  x.txt  ', 'x.txt'],
    ['...', '...'],
    ...['', '   ', '.', '..', 'a/', 'a/..', '..\u202E', '\u0000', ' .. ', '\u200b', 'a/\u3164 \u2060'].map((sent) => [
      sent,
      'file',
    ]),
  ])('%j is kept as %j', (sent, kept) => {
    expect(cleanFilename(sent)).toBe(kept);
  });

  test('has at most 255 characters, and keeps what looks like an extension', () => {
    expect(cleanFilename('x'.repeat(255))).toBe('x'.repeat(255));
    expect(cleanFilename('x'.repeat(256))).toBe('x'.repeat(255));
    expect(cleanFilename(`${'x'.repeat(300)}.pdf`)).toBe(`${'x'.repeat(251)}.pdf`);
    expect(cleanFilename(`x.${'y'.repeat(300)}`)).toBe(`x.${'y'.repeat(253)}`);
    expect(cleanFilename('🚀'.repeat(255))).toBe('🚀'.repeat(255));
    expect(Array.from(cleanFilename('🚀'.repeat(256)))).toHaveLength(255);
  });
});
