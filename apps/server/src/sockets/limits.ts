import { maxBatchSize } from '@taskmaster/core/contracts';

/**
 * What a socket may do before it is refused or closed. Each with its default and with what the client sees; those that a
 * host may want to set have a variable of the environment (`socketLimitsOf`).
 */
export interface SocketLimits {
  /** Open sockets of this process, handshakes included. 20,000; beyond: 503. */
  maxSockets: number;
  /** Of one address (IPv6: of one /64), handshakes included. 1,000; beyond: 429. */
  maxPerAddress: number;
  /** Of one user. 100; beyond: 429, and at `/trpc`, where the user is known only later, close 1013. */
  maxPerUser: number;
  /** From the upgrade to a valid token, and the wait for the database before it. 5 s; then close 4401, or 503. */
  handshakeMs: number;
  /** Of one message. 64 KiB; beyond: close 1009. */
  maxPayloadBytes: number;
  /** Fragments of one message. 128; beyond: close 1008. */
  maxFragments: number;
  /** Calls in one frame of `/trpc`. 10; beyond: close 1008. */
  maxBatchSize: number;
  /** Subscriptions of one socket at a time. 128; beyond: close 1008. */
  maxSubscriptions: number;
  /** Frames, calls and pings that may come at once. 200; beyond: close 1008. */
  burst: number;
  /** How many of them a second may come in the long run. 50. */
  perSecond: number;
  /** Answers and events that wait for the client to read. 1 MiB; beyond: close 1013. */
  maxBufferedBytes: number;
  /** Events are held back while more than this waits. 64 KiB. */
  pauseAboveBytes: number;
  /** How long they are held back for a client that takes nothing: the kernels' buffers, megabytes, are full by then. 750; then close 1013. */
  stallMs: number;
  /** Between protocol pings. 30 s; who has answered none when the next is due is dropped without a close frame. */
  pingMs: number;
  /** From our close frame to the end of the connection, answered or not. 1 s. */
  closeMs: number;
}

export const socketLimits: SocketLimits = {
  maxSockets: 20_000,
  maxPerAddress: 1_000,
  maxPerUser: 100,
  handshakeMs: 5_000,
  maxPayloadBytes: 64 * 1024,
  maxFragments: 128,
  maxBatchSize,
  maxSubscriptions: 128,
  burst: 200,
  perSecond: 50,
  maxBufferedBytes: 1024 * 1024,
  pauseAboveBytes: 64 * 1024,
  stallMs: 750,
  pingMs: 30_000,
  closeMs: 1_000,
};
