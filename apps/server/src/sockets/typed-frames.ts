import type { Encoder } from '@trpc/server/adapters/ws';
import { socketCloseCodes } from '@taskmaster/core/contracts';
import type { Connection } from './connection.ts';
import type { SocketLimits } from './limits.ts';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What the frame is answered with inside tRPC, where nobody hears it any more. */
class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

/**
 * JSON as tRPC's own, with the limits that its handler lacks. It sees every frame in both directions: how many calls
 * one brings, which subscriptions are open, and whether the client reads what it is sent.
 */
export function guardedFrames(connection: Connection, limits: SocketLimits): Encoder {
  const open = new Set<unknown>();
  let isFirst = true;

  function refuse(code: typeof socketCloseCodes.tooMuch | typeof socketCloseCodes.notText, reason: string): never {
    connection.close(code, reason);
    throw new ClosedError(reason);
  }

  function subscribe(id: unknown): void {
    if (open.has(id)) refuse(socketCloseCodes.tooMuch, 'two subscriptions with one id');
    if (open.size >= limits.maxSubscriptions) refuse(socketCloseCodes.tooMuch, 'too many subscriptions');
    open.add(id);
  }

  return {
    decode(data) {
      if (connection.signal.aborted) throw new ClosedError('the socket is closing');
      if (typeof data !== 'string') return refuse(socketCloseCodes.notText, 'text frames only');
      const wasFirst = isFirst;
      isFirst = false;
      const message: unknown = JSON.parse(data);
      // Whoever begins with something else has no token; tRPC would take it for parameters of a wrong shape.
      if (wasFirst && !(isObject(message) && 'data' in message)) return { data: null };
      const calls: unknown[] = Array.isArray(message) ? message : [message];
      if (calls.length > limits.maxBatchSize) refuse(socketCloseCodes.tooMuch, 'too many calls in one frame');
      // One was counted for the frame, where it came in.
      if (calls.length > 1 && !connection.spend(calls.length - 1)) throw new ClosedError('too many calls');
      for (const call of calls) {
        if (isObject(call) && call['method'] === 'subscription') subscribe(call['id']);
      }
      return message;
    },
    encode(message) {
      // After `close` tRPC's next send goes nowhere.
      connection.hasRoom();
      if (isObject(message) && isEnd(message)) open.delete(message['id']);
      return JSON.stringify(message);
    },
  };
}

/** A subscription is over when it is told to have stopped, or is answered by an error. */
const isEnd = ({ error, result }: Record<string, unknown>) =>
  error !== undefined || (isObject(result) && result['type'] === 'stopped');
