import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { listen } from '../listen.ts';
import { slowly } from './slowly.ts';
import type { LineFault } from './slowly.ts';

export type { LineFault } from './slowly.ts';

export interface Address {
  host: string;
  port: number;
}

/** A line that can be cut and spoiled, for a database or a server. */
export interface TcpProxy extends AsyncDisposable {
  port: number;
  /** How many connections go through it. */
  open: () => number;
  /** Ends connections without a word: all of them, or so many at random. `reset` sends RST instead of FIN. */
  cut: (options?: { count?: number; reset?: boolean }) => void;
  /** Refuses new connections, or takes them again. */
  setOpen: (isOpen: boolean) => void;
  /** From now on, for connections that are open too. `{}` is a healthy line. */
  setFault: (fault: LineFault) => void;
  /** A black hole for good, for the connections that are open now; new ones are well. A firewall forgets like this. */
  forget: () => void;
}

/** `target` is asked for each connection: with several answers the proxy is a load balancer. Undefined refuses. */
export async function startTcpProxy(target: () => Address | undefined): Promise<TcpProxy> {
  const pairs = new Set<{ near: Socket; far: Socket; isForgotten: boolean }>();
  const state: { isOpen: boolean; fault: LineFault } = { isOpen: true, fault: {} };

  const server = createServer({ noDelay: true }, (near) => {
    near.on('error', () => near.destroy());
    const address = state.isOpen ? target() : undefined;
    if (!address) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ ...address, noDelay: true });
    const pair = { near, far, isForgotten: false };
    pairs.add(pair);
    const faultNow = (): LineFault => (pair.isForgotten ? { isBlackHole: true } : state.fault);
    far.on('error', () => near.resetAndDestroy());
    slowly(near, far, faultNow);
    slowly(far, near, faultNow);
    near.on('close', () => far.destroy());
    far.on('close', () => {
      pairs.delete(pair);
      near.destroy();
    });
  });
  const port = await listen(server);

  function cut({ count = pairs.size, reset = false }: { count?: number; reset?: boolean } = {}): void {
    for (let left = Math.min(count, pairs.size); left > 0; left--) {
      const pair = [...pairs][Math.floor(Math.random() * pairs.size)];
      if (!pair) return;
      pairs.delete(pair);
      for (const socket of [pair.near, pair.far]) {
        if (reset) socket.resetAndDestroy();
        else socket.destroy();
      }
    }
  }

  return {
    port,
    open: () => pairs.size,
    cut,
    setOpen(isOpen) {
      state.isOpen = isOpen;
    },
    setFault(fault) {
      state.fault = fault;
    },
    forget() {
      for (const pair of pairs) pair.isForgotten = true;
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

/** The URL with the proxy in place of the host that it names. */
export function through(proxy: Pick<TcpProxy, 'port'>, url: string): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return changed.href;
}

export function addressOf(url: string): Address {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
