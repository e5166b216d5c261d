import { secretKey } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { createFingerprints } from './fingerprint.ts';

const nextKey = 'the next key of the tests, as long as it has to be';

test('a fingerprint is of its text and its key: without the key nobody tries texts against it', () => {
  const [one, ...more] = createFingerprints({ secretKey })('a text');
  expect(more).toEqual([]);
  expect(createFingerprints({ secretKey })('a text')).toEqual([one]);
  expect(createFingerprints({ secretKey })('another text')).not.toEqual([one]);
  expect(createFingerprints({ secretKey: nextKey })('a text')).not.toEqual([one]);
});

test('a key is replaced: the next one keeps, and what the previous one kept is known', () => {
  const [before] = createFingerprints({ secretKey })('a text');
  const [after] = createFingerprints({ secretKey: nextKey })('a text');
  expect(createFingerprints({ secretKey: nextKey, previousSecretKey: secretKey })('a text')).toEqual([after, before]);
});
