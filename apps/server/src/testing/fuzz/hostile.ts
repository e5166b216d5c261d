import * as fc from 'fast-check';

/** Words that mean something to JavaScript, SQL, a shell, a path or a header. */
const words = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\uFEFF',
  '\u202Etxt.exe',
  '\uD800',
  'x\uDFFFy',
  'e\u0301'.repeat(40),
  '👩‍👩‍👧‍👦'.repeat(60),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-1',
  '0',
  '1e3',
  '0x10',
  '1.5',
  '9007199254740993',
  '99999999999999999999999999',
  'true',
  '[]',
  '{}',
  "' or 1=1 --",
  '"; drop table tasks; --',
  "a:* & !b | (c <-> 'd') \\",
  '$1',
  '%',
  '%s%n%00',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  'a\r\nSet-Cookie: x=1',
  '2026-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '0000-01-01T00:00:00Z',
  '2026-01-01T00:00:00+23:59',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(20_001),
];

export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
);

const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const deepObject = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

const numbers = [
  '1e400',
  '-1e400',
  '1e-400',
  '-0',
  '0.1',
  '-1',
  '2147483648',
  '9007199254740993',
  `1${'0'.repeat(400)}`,
];
const values = ['null', 'true', '[]', '{}', '[null]', '[[]]', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"'];
const trapKeys = ['__proto__', 'constructor', 'prototype', 'toString', 'then', 'toJSON', 'length'];
const traps = trapKeys.map((key) => `{"${key}":{"role":"admin"}}`);

/** JSON as it is sent: what JSON.stringify would never write is among it. */
export const hostileJson = fc.oneof(
  { weight: 3, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...numbers, ...values, ...traps, deep(500), deep(5_000), deepObject(2_000)),
  },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
);

const noJson = ['', ' ', '{', '{"a":}', '{"a":1,}', "{'a':1}", 'NaN', '{"a":1}{"b":2}', '\uFEFF{}', 'a=1&b=2', '--x--'];
const noBodies = [
  ...noJson.map((text) => Buffer.from(text)),
  Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
  Buffer.from('{"title":"\u00ff\u00fe"}', 'latin1'),
  Buffer.from(deep(200_000)),
  Buffer.from(`{"title":"${'x'.repeat(2 ** 20)}"}`),
];

/** Bodies that are no JSON object, or no JSON. */
export const hostileBody = fc.oneof(
  { weight: 2, arbitrary: hostileJson.map((json) => Buffer.from(json)) },
  { weight: 2, arbitrary: fc.constantFrom(...noBodies) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
);

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

/** A segment of a path: one whole segment, and never a literal of another route. */
export const hostileSegment = fc.oneof(
  { weight: 3, arbitrary: hostileText.filter((text) => text !== '').map((text) => encoded(text).slice(0, 4_000)) },
  { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '%ff', '%00', '%2e%2e', '%2F', ';a=b', '*', '%C0%AF') },
);

/** What may follow a question mark, be it a query or not. */
export const hostileQuery = fc.oneof(
  fc.constantFrom(
    '',
    '&',
    '=',
    '&&=&',
    '%',
    '%ff',
    '%00=%00',
    'a[b]=c',
    'a[]=1',
    '__proto__=1',
    'constructor=1',
    '?',
    '+',
    'page',
  ),
  fc.constantFrom(
    'page=1e3',
    'page=-0',
    'size=101',
    'page=1&page=2',
    'size=%2B5',
    'page=1000001',
    'size=%EF%BC%91',
    'page=9e99',
  ),
  fc.tuple(hostileText, hostileText).map(([key, value]) => `${encoded(key)}=${encoded(value)}`.slice(0, 6_000)),
);

const charsets = ['application/json; charset=latin1', 'application/json;;;', 'APPLICATION/JSON', 'application/xml'];
const mediaTypes = ['', 'text/plain', 'multipart/form-data', 'multipart/form-data; boundary=', 'json', ';', '\u00ff'];

/** Headers that change how a request is read; none is the usual. */
export const hostileHeaders = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        'content-type': fc.constantFrom(...charsets, ...mediaTypes),
        'content-encoding': fc.constantFrom('gzip', 'identity', 'br, gzip', ''),
        'if-match': fc.constantFrom('*', '"1"', '"0", "1"', 'W/"1"', '1', '""', '"', ',', '"99999999999999999999"'),
        'if-none-match': fc.constantFrom('*', '"1"', '"', '""', ',,,', 'W/"1"'),
        range: fc.constantFrom('bytes=0-0', 'bytes=5-2', 'bytes=-1', 'bytes=999999-', 'bytes=0-1,3-4', 'items=1'),
        accept: fc.constantFrom('text/html', '*/*', 'application/xml;q=0', ''),
        'x-forwarded-for': fc.constantFrom('1.2.3.4', '::1, 1.2.3.4', 'unknown', ',,,'),
        'x-request-id': fc.constantFrom('', 'x'.repeat(300), 'a b', '12345678'),
        origin: fc.constantFrom('null', 'https://example.com', 'x'),
      },
      { requiredKeys: [] },
    ),
  },
);
