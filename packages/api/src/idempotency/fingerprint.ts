import { createHmac } from 'node:crypto';

/** Of a text that may hold a password: nobody without the key can tell from the digest what it was. */
export const createFingerprint = (secretKey: string) => (text: string) =>
  createHmac('sha256', secretKey).update('idempotency\n').update(text).digest('base64url');
