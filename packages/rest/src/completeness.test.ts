import { expect, it } from 'vitest';
import { z } from 'zod';
import { assertCompleteRouter, findRouterProblems } from './completeness.ts';
import { t } from './testing/test-surface.ts';

const get = t.procedure.meta({ openapi: { method: 'GET', path: '/a' } });
const off = t.procedure.meta({ rest: { noRestReason: 'only for sockets' } });
const nothing = z.strictObject({}).prefault({});
const output = z.object({ id: z.string() });

it('finds nothing wrong with a complete router', () => {
  const router = t.router({
    get: get
      .input(z.strictObject({ a: z.strictObject({ b: z.string() }).optional() }).prefault({}))
      .output(output)
      .query(() => ({ id: '1' })),
    none: off
      .input(z.void())
      .output(output)
      .query(() => ({ id: '1' })),
    remove: t.procedure
      .meta({ openapi: { method: 'DELETE', path: '/a/{id}' }, rest: { status: 204 } })
      .input(z.strictObject({ id: z.string() }).refine(() => true))
      .output(z.void())
      .mutation(() => undefined),
  });
  expect(findRouterProblems(router)).toEqual([]);
  expect(() => assertCompleteRouter(router)).not.toThrow();
});

const complete = get.input(nothing).output(output);
const loose = z.strictObject({ list: z.array(z.union([z.string(), z.object({}).nullable()])) });
const query = () => ({ id: '1' });

it.each([
  [
    'a loose input',
    get
      .input(z.object({ id: z.string() }))
      .output(output)
      .query(query),
    'strict_input',
    'at $',
  ],
  ['a loose object within', off.input(loose).output(output).query(query), 'strict_input', 'at $.list[]'],
  [
    'an input by hand',
    off
      .input((value: unknown) => String(value))
      .output(output)
      .query(query),
    'input',
    'not a zod schema',
  ],
  ['no input', off.output(output).query(query), 'input', 'no input'],
  [
    'an input that must be sent though it says nothing',
    get.input(z.strictObject({})).output(output).query(query),
    'input',
    '{}',
  ],
  ['no output', off.input(nothing).query(query), 'output', 'not a zod schema'],
  ['no place', t.procedure.input(nothing).output(output).query(query), 'rest', 'neither'],
  ['a reason and a place', complete.meta({ rest: { noRestReason: 'x' } }).query(query), 'rest', 'a reason'],
  ['a mutation by GET', complete.mutation(query), 'rest', 'a mutation is not a GET'],
  [
    'void with 200',
    get
      .input(nothing)
      .output(z.void())
      .query(() => undefined),
    'rest',
    'void',
  ],
  ['204 with a body', complete.meta({ rest: { status: 204 } }).query(query), 'rest', 'void'],
  ['anything as output', get.input(nothing).output(z.unknown()).query(query), 'rest', 'anything'],
  [
    'a path the input does not know',
    complete.meta({ openapi: { method: 'GET', path: '/{id}' } }).query(query),
    'rest',
    'parameter id',
  ],
])('finds %s', (_what, procedure, rule, message) => {
  const router = t.router({ 'bad.one': procedure });
  const problems = findRouterProblems(router);
  expect(problems.map((problem) => [problem.path, problem.rule])).toEqual([['bad.one', rule]]);
  expect(problems[0]?.message).toContain(message);
  expect(() => assertCompleteRouter(router)).toThrow('bad.one: ');
});
