import { trusted } from '../trusted.ts';

/** A WebSocket class: the browser's, Node's (22 and later), or that of the package `ws`. */
export type WebSocketClass = new (url: string) => { readonly readyState: number; close: (code?: number) => void };

/** The class, its instances reported as they are made. Throws where there is none. */
export function reportingSockets(
  given: WebSocketClass | undefined,
  onSocket: (socket: WebSocket) => void,
): typeof WebSocket {
  const Base = given ?? globalThis.WebSocket;
  if (Base === undefined) {
    throw new TypeError('There is no WebSocket here (Node 20): give createTaskmasterClient the one of the package ws');
  }
  // All that is used of any of them is what the standard has.
  const Standard = trusted<typeof WebSocket>(Base);
  return class extends Standard {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      onSocket(this);
    }
  };
}
