/** Why a socket ends. Those from 4000 on are the contract's own. */
export const socketCloseCodes = {
  /** The server stops: reconnect, elsewhere or in a moment. */
  goingAway: 1001,
  /** A binary frame. */
  notText: 1003,
  /** Too many calls, subscriptions, frames, or two subscriptions with one id. */
  tooMuch: 1008,
  /** A fault of the server. */
  internal: 1011,
  /** Read too slowly, too many sockets of one user, or the database is away: reconnect and resume. */
  tryAgain: 1013,
  /** No valid token in time, the token has expired, or its session has ended: log in or refresh. */
  unauthenticated: 4401,
  /** The user is deactivated. */
  deactivated: 4403,
} as const;

export type SocketCloseCode = (typeof socketCloseCodes)[keyof typeof socketCloseCodes];

/** Calls in one batch of typed RPC, over HTTP and over the socket. */
export const maxBatchSize = 10;
