import { expect, test } from 'vitest';
import { createInstallation } from '../testing/process/installation.ts';
import { register, request, somebody, tokenOf } from '../testing/process/rest-client.ts';

/** The promise is 15 s and 3 s; a machine that does other things besides takes longer. */
const patience = 4;

test('the first start makes a database and says where everything is; the next finds it as it was', async () => {
  await using here = await createInstallation();
  const first = await here.start();
  expect(first.startedInMs).toBeLessThan(15_000 * patience);
  const said = first.stdout().split('\n');
  expect(said).toContain(`TaskMaster Pro is ready at ${first.url}`);
  expect(said).toContain(`  REST      ${first.url}/api/v1`);
  expect(said).toContain(`  Document  ${first.url}/api/v1/docs  (OpenAPI: ${first.url}/api/v1/openapi.json)`);
  expect(said).toContain(`  Data      ${here.dataDir} (embedded PostgreSQL)`);
  for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/docs', '/api/v1/openapi.json'])
    expect(await fetch(first.url + path)).toMatchObject({ status: 200 });
  const ann = somebody();
  await register(first, ann);
  const token = await tokenOf(first, ann);
  expect(await first.stop()).toBe(0);

  const next = await here.start();
  expect(next.startedInMs).toBeLessThan(3_000 * patience);
  expect((await request(next, 'GET', '/users/me', undefined, token)).status).toBe(200);
  expect(await next.stop()).toBe(0);
}, 120_000);
