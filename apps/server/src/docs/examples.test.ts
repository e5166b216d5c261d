import { expect, it } from 'vitest';
import { fits } from '../testing/conformity.ts';
import type { Operation } from '../testing/operations.ts';
import { operations } from '../testing/operations.ts';

const isJson = (type: string) => type === 'application/json';

/** Every place of an operation where JSON goes in or comes out in success. */
function jsonPlaces({ requestBody, responses }: Operation): string[][] {
  const ofBody = Object.keys(requestBody?.content ?? {})
    .filter(isJson)
    .map((type) => ['requestBody', 'content', type]);
  const ofAnswers = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([status, { content }]) =>
      Object.keys(content)
        .filter(isJson)
        .map((type) => ['responses', status, 'content', type]),
    );
  return [...ofBody, ...ofAnswers];
}

function exampleAt(operation: Operation, [part, ...rest]: readonly string[]): unknown {
  const content = part === 'requestBody' ? operation.requestBody?.content : operation.responses[rest[0] ?? '']?.content;
  return content?.[rest.at(-1) ?? '']?.example;
}

it.each(operations.map((operation) => [operation.operationId, operation] as const))(
  '%s has an example wherever JSON goes in or comes out, and it fits',
  (_, operation) => {
    const problems = jsonPlaces(operation).flatMap((place) => {
      const example = exampleAt(operation, place);
      const problem = example === undefined ? 'has no example' : fits(operation, place, example);
      return problem === undefined ? [] : `${place.join(' ')}: ${problem}`;
    });
    const parameters = operation.parameters.flatMap(({ example }, at) => {
      const problem = example === undefined ? undefined : fits(operation, ['parameters', String(at)], example);
      return problem === undefined ? [] : `${operation.parameters[at]?.name}: ${problem}`;
    });
    expect([...problems, ...parameters]).toEqual([]);
  },
);
