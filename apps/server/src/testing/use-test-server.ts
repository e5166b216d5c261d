import { afterAll, afterEach, beforeAll } from 'vitest';
import type { TestServer, TestServerOptions } from './test-server.ts';
import { refuseFaults, startTestServer } from './test-server.ts';

/** One server for a test file. Its members are there from the first hook or test on; a fault fails the test it came in. */
export function useTestServer(options: TestServerOptions = {}): () => TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await startTestServer(options);
  });
  afterEach(() => refuseFaults(server?.log.takeFaults() ?? []));
  afterAll(async () => server?.[Symbol.asyncDispose]());
  return () => {
    if (!server) throw new Error('the server is started in beforeAll');
    return server;
  };
}
