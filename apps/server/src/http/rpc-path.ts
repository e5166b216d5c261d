/** Where typed RPC is, over HTTP and over its socket. */
export const rpcPath = '/trpc';

export const isRpcPath = (path: string) => path === rpcPath || path.startsWith(`${rpcPath}/`);
