import { expect, it } from 'vitest';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();

it('counts requests by procedure, method and status in the text format of Prometheus', async () => {
  const person = await server().person();
  await person.ask('GET', '/tasks');
  await person.ask('GET', '/tasks/01997d3e-8a50-7cc0-b3a1-000000000000');
  await server().call('GET', '/some/path/of/a/scanner');
  const { headers, text } = await server().call('GET', '/metrics');
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).toContain('taskmaster_http_requests_total{procedure="tasks.list",method="GET",status="200"} 1');
  expect(text).toContain('taskmaster_http_requests_total{procedure="tasks.get",method="GET",status="404"} 1');
  expect(text).toContain('taskmaster_http_request_duration_seconds_count{procedure="tasks.list"} 1');
  expect(text).toMatch(/^process_cpu_seconds_total /m);
  expect(text).toMatch(/^taskmaster_sockets_open 0$/m);
});

it('has no label that a client can choose', async () => {
  await server().call('GET', '/chosen-by-client');
  await server().rpc('query', 'chosen.by.client');
  // In a batch it is tRPC that says that there is no such call.
  await server().call('GET', '/trpc/chosen.by.client?batch=1');
  const { text } = await server().call('GET', '/metrics');
  expect(text.split('\n').filter((line) => /chosen.by.client/.test(line))).toEqual([]);
});
