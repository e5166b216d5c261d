import { createHmac } from 'node:crypto';

/** The first is the one to keep. What was kept by any of them is of the same text. */
export type Fingerprints = readonly [current: string, ...previous: string[]];

export interface FingerprintOptions {
  secretKey: string;
  /** Keeps nothing any more; what was kept by it is still known again. */
  previousSecretKey?: string | undefined;
}

/** Of a text that may hold a password: nobody without the key can tell from the digest what it was. */
export const createFingerprints =
  ({ secretKey, previousSecretKey }: FingerprintOptions) =>
  (text: string): Fingerprints => {
    const by = (key: string) => createHmac('sha256', key).update('idempotency\n').update(text).digest('base64url');
    return previousSecretKey === undefined ? [by(secretKey)] : [by(secretKey), by(previousSecretKey)];
  };
