import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { multipart } from '../factories.ts';
import type { JsonSchema, Operation, Parameter } from '../operations.ts';
import { jsonBodyOf } from '../operations.ts';
import { hostileBody, hostileHeaders, hostileJson, hostileQuery, hostileSegment, hostileText } from './hostile.ts';
import { idMark, validFields, validValue } from './valid.ts';

/** Who asks: the tests that run know their tokens. */
const askers = ['user', 'admin', 'nobody', 'liar'] as const;

export interface FuzzRequest {
  operation: Operation;
  /** HEAD in place of a GET now and then. */
  method: string;
  /** Below `/api/v1`, query included, with marks for ids. */
  target: string;
  asker: (typeof askers)[number];
  headers: Record<string, string | undefined>;
  /** With marks for ids; bytes where it is no text. */
  body?: string | Buffer;
}

const asker = fc.oneof(
  { weight: 12, arbitrary: fc.constant('user' as const) },
  { weight: 6, arbitrary: fc.constant('admin' as const) },
  { weight: 1, arbitrary: fc.constant('nobody' as const) },
  { weight: 1, arbitrary: fc.constant('liar' as const) },
);

/** Requests of one operation: half of them as the document has it, the others broken in one part or several. */
export function requestsOf(operation: Operation): Arbitrary<FuzzRequest> {
  return fc.oneof(ofQuality(operation, false), ofQuality(operation, true));
}

function ofQuality(operation: Operation, isBroken: boolean): Arbitrary<FuzzRequest> {
  const headers = isBroken ? hostileHeaders : fc.constant({});
  return fc
    .record({
      path: pathOf(operation, isBroken),
      query: queryOf(operation, isBroken),
      body: bodyOf(operation, isBroken),
      headers,
      asker,
      isHead: fc.nat(9),
    })
    .map(({ path, query, body, headers, asker, isHead }) => ({
      operation,
      asker,
      method: operation.method === 'GET' && isHead === 0 ? 'HEAD' : operation.method,
      target: query === undefined ? path : `${path}?${query}`,
      headers: { ...body?.headers, ...headers },
      ...(body && { body: body.bytes }),
    }));
}

function pathOf({ path }: Operation, isBroken: boolean): Arbitrary<string> {
  const parts = path.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return fc.constant(part);
    const good = fc.nat(1_000).map((pick) => idMark(name, pick));
    return isBroken ? fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: hostileSegment }) : good;
  });
  return fc.tuple(...parts).map((all) => all.join(''));
}

function queryOf({ parameters }: Operation, isBroken: boolean): Arbitrary<string | undefined> {
  const known = parameters
    .filter((one) => one.in === 'query')
    .map((one) => fc.option(pairsOf(one, isBroken), { freq: 3 }));
  const joined = fc
    .tuple(...known)
    .map((pairs) => pairs.filter((pair) => pair !== null).join('&'))
    .map((query) => (query === '' ? undefined : query));
  return isBroken ? fc.oneof({ weight: 4, arbitrary: joined }, { weight: 1, arbitrary: hostileQuery }) : joined;
}

function pairsOf({ name, schema }: Parameter, isBroken: boolean): Arbitrary<string> {
  const pair = (value: unknown) =>
    `${name}=${encodeURIComponent(String(value).toWellFormed()).replaceAll('%24', '$').replaceAll('%3A', ':')}`;
  const good = validValue(schema, name).map((value) => [value].flat().map(pair).join('&'));
  if (!isBroken) return good;
  return fc.oneof(
    { weight: 4, arbitrary: good },
    { weight: 1, arbitrary: hostileText.map((text) => pair(text).slice(0, 6_000)) },
  );
}

interface Body {
  bytes: string | Buffer;
  headers: Record<string, string>;
}

function bodyOf(operation: Operation, isBroken: boolean): Arbitrary<Body | undefined> {
  if (operation.requestBody?.content['multipart/form-data']) return uploads(isBroken);
  const schema = jsonBodyOf(operation)?.schema;
  const asJson = (bytes: string | Buffer): Body => ({ bytes, headers: { 'content-type': 'application/json' } });
  const none = fc.constant(undefined);
  if (!schema) return isBroken ? fc.oneof(none, hostileBody.map(asJson)) : none;
  const good = validFields(schema).map((fields) => asJson(JSON.stringify(fields)));
  if (!isBroken) return good;
  return fc.oneof(
    { weight: 6, arbitrary: brokenFields(schema).map(asJson) },
    { weight: 2, arbitrary: hostileBody.map(asJson) },
    { weight: 1, arbitrary: good },
    { weight: 1, arbitrary: none },
  );
}

const strangeKeys = [
  '__proto__',
  'constructor',
  'toString',
  'id',
  'role',
  'password_hash',
  'expected_version',
  '',
  'a.b',
  '\u0000',
];

/** An object in which some fields are absent, some are hostile, some come twice, and some belong nowhere. */
function brokenFields({ properties = {} }: JsonSchema): Arbitrary<string> {
  const known = Object.entries(properties).map(([name, schema]) => {
    const good = validValue(schema, name).map((value) => JSON.stringify(value));
    const value = fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: hostileJson });
    return fc.option(
      value.map((json) => `${JSON.stringify(name)}:${json}`),
      { freq: 4 },
    );
  });
  const strange = fc
    .tuple(fc.constantFrom(...strangeKeys), hostileJson)
    .map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  return fc
    .tuple(fc.tuple(...known), fc.option(strange, { freq: 1 }))
    .map(([fields, extra]) => `{${[...fields, extra].filter((field) => field !== null).join(',')}}`);
}

function uploads(isBroken: boolean): Arbitrary<Body> {
  const toBody = ({ raw, headers }: ReturnType<typeof multipart>): Body => ({
    bytes: raw,
    headers,
  });
  const names = isBroken ? hostileText.map((text) => text.toWellFormed().slice(0, 2_000)) : fc.constant('a.txt');
  const whole = fc.tuple(names, hostileText).map(([name, content]) => toBody(multipart(name, content)));
  if (!isBroken) return whole;
  const damaged = fc.tuple(whole, fc.nat(200), hostileText).map(([body, at, text]) => ({
    ...body,
    bytes: String(body.bytes).slice(0, at) + text,
  }));
  return fc.oneof(
    whole,
    damaged,
    hostileBody.map((bytes) => ({ bytes, headers: { 'content-type': 'multipart/form-data; boundary=x' } })),
  );
}
