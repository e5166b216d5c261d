import { createHmac } from 'node:crypto';
import type { RotatedKey } from '../shared/rotated-key.ts';

/** The first is the one to keep. What was kept by any of them is of the same text. */
export type Fingerprints = readonly [current: string, ...previous: string[]];

/** Of a text that may hold a password: nobody without the key can tell from the digest what it was. */
export const createFingerprint =
  ({ secretKey, previousSecretKey }: RotatedKey) =>
  (text: string): Fingerprints => {
    const by = (key: string) => createHmac('sha256', key).update('idempotency\n').update(text).digest('base64url');
    return previousSecretKey === undefined ? [by(secretKey)] : [by(secretKey), by(previousSecretKey)];
  };
