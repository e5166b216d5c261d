import type { TokenPair } from '@taskmaster/core/contracts';
import type { Fetch } from './http/fetch.ts';
import type { Backoff } from './realtime/backoff.ts';
import type { WebSocketClass } from './realtime/web-socket.ts';
import type { SessionEnd } from './session/session.ts';
import type { TokenStorage } from './session/storage.ts';
import type { Tokens } from './session/tokens.ts';

export interface TaskmasterClientOptions {
  /** Of the server, such as `https://tasks.example.com`. A path before the surfaces (`…/backend`) is kept. */
  url: string | URL;
  /** Tokens that are at hand already, from a login elsewhere. They are written to the storage. */
  tokens?: Tokens | TokenPair;
  /** Where tokens are kept; in memory by default. */
  storage?: TokenStorage;
  /** In place of the global one. */
  fetch?: Fetch;
  /** In place of the global one. Node 20 has none: give the one of the package `ws`. */
  WebSocket?: WebSocketClass;
  /** Called once when a session ends, and why: where an app shows its login page. */
  onSessionEnd?: (reason: SessionEnd) => void;
  /**
   * How long to wait before the socket is opened again; by default 0.1–0.6 s at first and up to 30 s later, at random. A
   * pause that the server asks for when it renews no token comes on top.
   */
  backoff?: Backoff;
}
