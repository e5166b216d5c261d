export type { ChainFault, ChainHead } from './chain.ts';
export { compareWithHeads } from './compare-with-heads.ts';
export { withHeads } from './with-heads.ts';
export { verifyLog } from './verify-log.ts';
export type { Verification, VerifyOptions } from './verify-log.ts';
