import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { SocketCloseCode } from '@taskmaster/core/contracts';
import { socketCloseCodes } from '@taskmaster/core/contracts';
import type { SocketLimits } from './limits.ts';
import { createTokenBucket } from './token-bucket.ts';

/** One accepted socket, held to its limits. */
export interface Connection {
  ws: WebSocket;
  /** Aborted as soon as the socket is to end, by whomever. */
  signal: AbortSignal;
  /** Sends nothing more, not even what was about to be said. */
  close: (code: SocketCloseCode, reason: string) => void;
  /** The code that `close` was called with first. */
  readonly closeCode: SocketCloseCode | undefined;
  /** Counts against the rate; false: the socket was closed for it. */
  spend: (count?: number) => boolean;
  /** False where the client reads too slowly: the socket was closed for it. */
  hasRoom: () => boolean;
  /** Resolves when the client has read enough to be sent more, or is gone. */
  drained: () => Promise<void>;
}

const drainCheckMs = 10;

export function createConnection(ws: WebSocket, limits: SocketLimits): Connection {
  const abort = new AbortController();
  let closeCode: SocketCloseCode | undefined;
  const take = createTokenBucket(limits.burst, limits.perSecond, () => performance.now());

  function close(code: SocketCloseCode, reason: string): void {
    closeCode ??= code;
    abort.abort();
    if (ws.readyState !== ws.OPEN) return;
    ws.close(code, reason);
    // Whoever does not answer, or does not even read, holds neither memory nor a place.
    const timer = setTimeout(() => ws.terminate(), limits.closeMs);
    ws.once('close', () => clearTimeout(timer));
  }

  function spend(count = 1): boolean {
    if (take(count)) return true;
    close(socketCloseCodes.tooMuch, 'too many frames');
    return false;
  }

  function hasRoom(): boolean {
    if (ws.bufferedAmount <= limits.maxBufferedBytes) return true;
    close(socketCloseCodes.tryAgain, 'read too slowly');
    return false;
  }

  async function drained(): Promise<void> {
    let least = ws.bufferedAmount;
    let movedAt = performance.now();
    while (ws.readyState === ws.OPEN && ws.bufferedAmount > limits.pauseAboveBytes) {
      await sleep(drainCheckMs);
      if (ws.bufferedAmount < least) {
        least = ws.bufferedAmount;
        movedAt = performance.now();
      } else if (performance.now() - movedAt > limits.stallMs) {
        close(socketCloseCodes.tryAgain, 'read too slowly');
      }
    }
  }

  ws.on('ping', () => spend());
  ws.once('close', () => abort.abort());
  // ws closes the socket by itself (1002, 1007, 1009): without a listener the error would end the process.
  ws.on('error', () => abort.abort());
  return {
    ws,
    signal: abort.signal,
    close,
    get closeCode() {
      return closeCode;
    },
    spend,
    hasRoom,
    drained,
  };
}
