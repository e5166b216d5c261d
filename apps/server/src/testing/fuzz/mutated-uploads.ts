import * as fc from 'fast-check';

/** An upload as it stands on the wire. `contentLength` is what it announces, be it true or not. */
export interface RawUpload {
  contentType: string;
  contentLength: number;
  body: Buffer;
}

const boundary = 'mutated-boundary';
const delimiter = `--${boundary}`;
const head = 'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n';
const whole = Buffer.from(`${delimiter}\r\n${head}${'some bytes '.repeat(40)}\r\n${delimiter}--\r\n`);

/** What means something to a parser of multipart. */
const insertions = [
  '\r\n',
  '\r',
  '\n',
  '\r\n\r\n',
  '--',
  delimiter,
  `\r\n${delimiter}\r\n`,
  `\r\n${delimiter}--`,
  `\r\n${delimiter}\r\n${head}another file`,
  `\r\n${delimiter}\r\nContent-Disposition: form-data; name="file"\r\n\r\na field`,
  'Content-Disposition: form-data; name="file"; filename="b"\r\n',
  'Content-Disposition: attachment\r\n',
  'Content-Type: multipart/mixed; boundary=inner\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  "; filename*=UTF-8''%ff%00",
  '; name="__proto__"',
  '"',
  ':',
  '\u0000',
  `X: ${'x'.repeat(20_000)}\r\n`,
  'X: y\r\n'.repeat(3_000),
  'x'.repeat(70_000),
].map((text) => Buffer.from(text));
const goodType = `multipart/form-data; boundary=${boundary}`;
const contentTypes = [
  `multipart/form-data; boundary="${boundary}"`,
  `multipart/form-data; charset=utf-8; boundary=${boundary}`,
  `multipart/form-data; boundary=${boundary}; boundary=other`,
  `multipart/form-data; boundary=${'b'.repeat(5_000)}`,
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary=""',
  'multipart/form-data',
  'multipart/mixed; boundary=x',
  '',
];

type Mutation = (body: Buffer) => Buffer;

const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (body: Buffer, where: number) => Math.floor(where * body.length);
const splice = (body: Buffer, start: number, deleted: number, inserted: Uint8Array) =>
  Buffer.concat([body.subarray(0, start), inserted, body.subarray(start + deleted)]);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(
    ([where, byte]): Mutation =>
      (body) =>
        splice(body, at(body, where), 1, Uint8Array.of(byte)),
  ),
  fc.tuple(place, fc.constantFrom(...insertions)).map(
    ([where, bytes]): Mutation =>
      (body) =>
        splice(body, at(body, where), 0, bytes),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 80 })).map(
    ([where, length]): Mutation =>
      (body) =>
        splice(body, at(body, where), length, Buffer.of()),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 200 })).map(([where, length]): Mutation => (body) => {
    const start = at(body, where);
    return splice(body, start, 0, body.subarray(start, start + length));
  }),
  place.map(
    (where): Mutation =>
      (body) =>
        body.subarray(0, at(body, where)),
  ),
);

/** A good upload with something wrong about it, or several things. Some stay good. */
export const mutatedUpload: fc.Arbitrary<RawUpload> = fc
  .record({
    mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }),
    contentType: fc.oneof({ weight: 9, arbitrary: fc.constant(goodType) }, fc.constantFrom(...contentTypes)),
    lengthError: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -200, max: 200 })),
  })
  .map(({ mutations, contentType, lengthError }) => {
    const body = mutations.reduce<Buffer>((mutated, mutate) => mutate(mutated), whole);
    return { contentType, body, contentLength: Math.max(0, body.length + lengthError) };
  });

/** As bytes, on a connection that is closed with the answer. */
export function asRequest({ contentType, contentLength, body }: RawUpload, path: string, token: string): Buffer {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Authorization: Bearer ${token}`,
    ...(contentType === '' ? [] : [`Content-Type: ${contentType}`]),
    `Content-Length: ${contentLength}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}

/** What a mutated upload may be answered with. */
export const fairAnswers: ReadonlySet<number> = new Set([201, 400, 408, 413, 415, 422]);

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
