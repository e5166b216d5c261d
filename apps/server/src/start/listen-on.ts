import type { AddressInfo, Server } from 'node:net';

/** A place where nobody can listen. The message is the one line that the operator sees. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor(host: string, cause: NodeJS.ErrnoException) {
    super(explain(host, cause), { cause });
  }
}

/** Resolves with the port, which is another one where 0 was asked for. Throws `ListenError`. */
export async function listenOn(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => reject(new ListenError(host, error));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function explain(host: string, { code, syscall }: NodeJS.ErrnoException): string {
  if (syscall === 'getaddrinfo') return `HOST: ${host} cannot be resolved (${code})`;
  if (code === 'EADDRNOTAVAIL') return `HOST: ${host} is no address of this machine (${code})`;
  if (code === 'EADDRINUSE') return 'PORT: is taken by another program';
  return `PORT, HOST: cannot listen (${code})`;
}
