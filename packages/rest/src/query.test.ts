import { expect, it } from 'vitest';
import { parseQuery } from './query.ts';

it.each(['constructor', '__proto__', 'toString'])('knows %s by what was sent, not by what objects inherit', (key) => {
  const once = parseQuery(`${key}=1`, new Map());
  expect(Object.entries(once)).toEqual([[key, '1']]);
  const thrice = parseQuery(`${key}=1&${key}=2&${key}=3`, new Map());
  expect(Object.entries(thrice)).toEqual([[key, ['1', '2', '3']]]);
  expect(Object.getPrototypeOf(thrice)).toBe(Object.prototype);
});
