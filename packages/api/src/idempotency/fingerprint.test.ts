import { secretKey } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { createFingerprint } from './fingerprint.ts';

const nextKey = 'the next key of the tests, as long as it has to be';

test('a fingerprint is of its text and its key: without the key nobody tries texts against it', () => {
  const [one, ...more] = createFingerprint({ secretKey })('a text');
  expect(more).toEqual([]);
  expect(createFingerprint({ secretKey })('a text')).toEqual([one]);
  expect(createFingerprint({ secretKey })('another text')).not.toEqual([one]);
  expect(createFingerprint({ secretKey: nextKey })('a text')).not.toEqual([one]);
});

test('a key is replaced: the next one keeps, and what the previous one kept is known', () => {
  const [before] = createFingerprint({ secretKey })('a text');
  const [after] = createFingerprint({ secretKey: nextKey })('a text');
  expect(createFingerprint({ secretKey: nextKey, previousSecretKey: secretKey })('a text')).toEqual([after, before]);
});
