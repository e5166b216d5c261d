import { mountSmallDisk } from '@taskmaster/testing/faults';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asRequest, fairAnswers, mutatedUpload, statusOf } from '../testing/fuzz/mutated-uploads.ts';
import { sendRaw } from '../testing/raw-request.ts';
import { attachmentOf, problemOf } from '../testing/upload-client.ts';
import { bodyOf, createUploadSurface, maxFileBytes, multipart } from '../testing/upload-surface.ts';
import type { UploadSurface } from '../testing/upload-surface.ts';

const atOnce = 8;

const upload = (surface: UploadSurface, sizeBytes: number) =>
  surface.send({
    headers: { 'content-type': multipart },
    body: bodyOf('x'.repeat(sizeBytes)),
  });

/** Each file has a row, each row a file, and nothing is open. */
async function expectWhole(surface: UploadSurface) {
  await expect.poll(surface.connections).toBe(0);
  await expect.poll(surface.openFiles).toBe(0);
  const keys = (await surface.rows()).map(({ storage_key }) => storage_key);
  expect((await surface.files()).toSorted()).toEqual(keys.toSorted());
  expect(surface.faults).toEqual([]);
}

test('300 mutated multipart bodies (2,000 in `pnpm soak uploads`): answered as documented, and nothing is left', async () => {
  await using surface = await createUploadSurface({ stallTimeoutMs: 300 });
  const waiting = fc.sample(mutatedUpload, { numRuns: 300, seed: 20_261_122 });
  const counts = new Map<number, number>();
  async function sendAll() {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const status = statusOf(await sendRaw(surface, asRequest(next, surface.path, surface.user_id)));
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sendAll));
  expect([...counts.keys()].filter((status) => !fairAnswers.has(status))).toEqual([]);
  // They reach what they are for.
  for (const status of [201, 400, 408, 415, 422]) expect(counts.get(status) ?? 0).toBeGreaterThan(0);
  expect((await surface.rows()).length).toBe(counts.get(201));
  await expectWhole(surface);
}, 60_000);

const disk = await mountSmallDisk(4 * maxFileBytes);

test.skipIf(disk === undefined)(
  'a disk that is really full (needs the right to mount one): 503, nothing half written, and room again once a file goes',
  async () => {
    await using full = disk;
    await using surface = await createUploadSurface({ ...(full && { uploadDir: full.folder }) });
    const made = [];
    let answer = await upload(surface, maxFileBytes);
    for (; answer.status === 201; answer = await upload(surface, maxFileBytes)) made.push(attachmentOf(answer));
    expect(made.length).toBeGreaterThanOrEqual(3);
    const together = await Promise.all(Array.from({ length: atOnce }, () => upload(surface, maxFileBytes)));
    for (const refused of [answer, ...together]) {
      expect(problemOf(refused)).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      expect(refused.headers['retry-after']).toBe('30');
    }
    await expectWhole(surface);
    // What is there can be read, and deleted.
    const path = `${surface.path}/${made[0]?.id}`;
    expect((await surface.get(`${path}/download`)).bytes.length).toBe(maxFileBytes);
    expect((await surface.send({ method: 'DELETE', path })).status).toBe(204);
    expect((await upload(surface, maxFileBytes)).status).toBe(201);
    await expectWhole(surface);
  },
);
