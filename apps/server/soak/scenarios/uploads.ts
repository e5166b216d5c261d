import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { mountSmallDisk } from '@taskmaster/testing/faults';
import * as fc from 'fast-check';
import { asRequest, fairAnswers, mutatedUpload, statusOf } from '../../src/testing/fuzz/mutated-uploads.ts';
import { sendRaw } from '../../src/testing/raw-request.ts';
import { Created, must } from '../system/api.ts';
import { createPeople } from '../system/people.ts';
import { quantile } from '../measures/quantile.ts';
import type { Measure } from '../scenario.ts';
import { defineScenario } from '../scenario.ts';
import { startSystem } from '../system/system.ts';
import type { System } from '../system/system.ts';

const mebibyte = 2 ** 20;
const atOnce = 16;
const boundary = 'soak-boundary';
const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n`;
const tail = `\r\n--${boundary}--\r\n`;

/** Where uploads go, and who sends them. */
interface Target {
  system: System;
  uploadDir: string;
  path: string;
  token: string;
}

interface Answer {
  status: number;
  retryAfter: number;
}

const headersOf = ({ token }: Target, sizeBytes: number) => ({
  authorization: `Bearer ${token}`,
  'content-type': `multipart/form-data; boundary=${boundary}`,
  'content-length': head.length + sizeBytes + tail.length,
});

/** On a connection of its own. */
const post = (target: Target, sizeBytes: number) =>
  request(new URL(target.path, target.system.servers[0]?.url), {
    agent: false,
    method: 'POST',
    headers: headersOf(target, sizeBytes),
  });

function upload(target: Target, sizeBytes: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = post(target, sizeBytes).on('error', reject);
    req.on('response', (res) => {
      res
        .resume()
        .on('end', () => resolve({ status: res.statusCode ?? 0, retryAfter: Number(res.headers['retry-after'] ?? 0) }));
    });
    req.end(head + 'x'.repeat(sizeBytes) + tail);
  });
}

/** Broken off after any number of bytes, by the client's end of the connection. */
async function abort(target: Target): Promise<void> {
  const sizeBytes = mebibyte / 2;
  const req = post(target, sizeBytes).on('error', () => undefined);
  const closed = new Promise((resolve) => req.once('close', resolve));
  req.write(head + 'x'.repeat(Math.floor(Math.random() * sizeBytes)));
  await sleep(Math.random() * 50);
  req.destroy();
  await closed;
}

/** Runs the work so many times, some at once. */
async function times(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const descriptorsOf = async ({ system }: Target) => (await readdir(`/proc/${system.servers[0]?.pid()}/fd`)).length;

const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

/** What differs from before, as soon as it does not, or after five seconds. */
async function leftovers(target: Target, descriptorsBefore: number, name: string): Promise<Measure[]> {
  const look = async () => {
    const files = (await filesIn(target.uploadDir)).map((entry) => entry.name);
    const keys = (await target.system.sql`select storage_key from attachments`).map((row) =>
      String(row['storage_key']),
    );
    return {
      descriptors: Math.max(0, (await descriptorsOf(target)) - descriptorsBefore),
      files: files.filter((file) => !keys.includes(file)).length,
      rows: keys.filter((key) => !files.includes(key)).length,
    };
  };
  const deadline = performance.now() + 5_000;
  let left = await look();
  while (left.descriptors + left.files + left.rows > 0 && performance.now() < deadline) {
    await sleep(100);
    left = await look();
  }
  return [
    { name: `${name}: descriptors left`, value: left.descriptors, atMost: 0 },
    { name: `${name}: files without a row`, value: left.files, atMost: 0 },
    { name: `${name}: rows without a file`, value: left.rows, atMost: 0 },
  ];
}

async function sendMutated(target: Target, count: number): Promise<Measure[]> {
  const bodies = fc.sample(mutatedUpload, count);
  const statuses: number[] = [];
  const waits: number[] = [];
  const origin = target.system.servers[0]?.url ?? '';
  await times(count, async (index) => {
    const body = bodies[index];
    if (!body) return;
    const before = performance.now();
    statuses.push(statusOf(await sendRaw({ origin }, asRequest(body, target.path, target.token), 30_000)));
    waits.push(performance.now() - before);
  });
  const counted = [...new Set(statuses)].toSorted((one, other) => one - other);
  return [
    { name: 'mutated bodies', value: statuses.length, atLeast: count },
    ...counted.map((status) => ({
      name: `mutated: answered by ${status || 'nothing'}`,
      value: statuses.filter((each) => each === status).length,
      ...(!fairAnswers.has(status) && { atMost: 0 }),
    })),
    { name: 'mutated: answered within, p99', value: quantile(waits, 0.99), unit: 'ms' },
  ];
}

/** Until nothing fits any more; then some more; then, with one of them deleted, one that fits again. */
async function fillDisk(target: Target, mebibytes: number): Promise<Measure[]> {
  const answers: Answer[] = [];
  await times(3 * mebibytes, async () => void answers.push(await upload(target, mebibyte)));
  const refused = answers.filter(({ status }) => status !== 201);
  const fair = refused.filter(({ status, retryAfter }) => status === 503 && retryAfter > 0);
  const [row] = await target.system.sql`select id from attachments order by size_bytes desc limit 1`;
  const url = target.system.servers[0]?.url ?? '';
  await must(url, target, 'DELETE', `${target.path.replace('/api/v1', '')}/${String(row?.['id'])}`);
  const again = await upload(target, mebibyte);
  return [
    { name: 'full disk: taken', value: answers.length - refused.length, atLeast: 1 },
    { name: 'full disk: refused by 503 with Retry-After', value: fair.length, atLeast: mebibytes },
    { name: 'full disk: answered otherwise', value: refused.length - fair.length, atMost: 0 },
    { name: 'full disk: taken once there was room again', value: again.status === 201 ? 1 : 0, atLeast: 1 },
  ];
}

async function aim(system: System, uploadDir: string): Promise<Target> {
  const [person] = await createPeople(system, 1);
  if (!person) throw new Error('somebody must send');
  const { id } = Created.parse(await must(system.servers[0]?.url ?? '', person, 'POST', '/tasks', { title: 'files' }));
  return { system, uploadDir, path: `/api/v1/tasks/${id}/attachments`, token: person.token };
}

export const scenario = defineScenario({
  about: 'Uploads that are broken off, mutated multipart bodies, and a full disk (a tmpfs: as root).',
  defaults: { aborts: 500, mutations: 2_000, disk: 24 },
  async run({ aborts, mutations, disk: diskMebibytes }, progress) {
    await using disk = await mountSmallDisk(diskMebibytes * mebibyte);
    if (!disk) throw new Error('a full disk is a tmpfs here, and this process may not mount one');
    await using system = await startSystem({
      processes: 1,
      env: {
        UPLOAD_DIR: disk.folder,
        MAX_FILE_SIZE_MB: '1',
        // Of what announces more than it sends.
        TRANSFER_STALL_SECONDS: '2',
        RATE_LIMIT_UPLOADS: '100000000/minute',
        RATE_LIMIT_WRITES: '100000000/minute',
      },
    });
    const target = await aim(system, disk.folder);
    // Opens what the server keeps open: the pool, the modules that are loaded late.
    await times(2 * atOnce, async () => void (await upload(target, 1)));
    // Connections of clients that have gone are not the server's any more.
    await sleep(1_000);
    const descriptors = await descriptorsOf(target);
    const measures: Measure[] = [{ name: 'descriptors before', value: descriptors }];

    await times(aborts, () => abort(target));
    measures.push({ name: 'aborted uploads', value: aborts }, ...(await leftovers(target, descriptors, 'aborted')));
    progress(`${aborts} uploads broken off`);

    measures.push(...(await sendMutated(target, mutations)), ...(await leftovers(target, descriptors, 'mutated')));
    progress(`${mutations} mutated bodies`);

    measures.push(...(await fillDisk(target, diskMebibytes)), ...(await leftovers(target, descriptors, 'full disk')));
    progress('the disk was full');

    const [server] = system.servers;
    return [
      ...measures,
      { name: 'errors in the log', value: server?.errors().length ?? 0, atMost: 0 },
      { name: 'ends that nobody asked for', value: server?.crashes() ?? 0, atMost: 0 },
    ];
  },
});
