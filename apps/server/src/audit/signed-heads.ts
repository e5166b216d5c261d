import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ignoreMissing, syncFolder } from '@taskmaster/api';
import type { ChainHead } from '@taskmaster/database/audit';
import { z } from 'zod';

/** `id` says which key signed, and nothing about it. */
export interface AuditKey {
  id: string;
  key: Buffer;
}

/** Of its own: whoever knows what signs tokens by it does not come from one to the other. */
export function auditKeyOf(secret: string): AuditKey {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'taskmaster audit heads', 32));
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 16), key };
}

/** The first signs; what any of them has signed is believed. */
export type AuditKeys = readonly [AuditKey, ...AuditKey[]];

/**
 * A line of the file: the heads that moved since the line before, which `previous` ties it to. The chains of accounts have
 * ids that are no UUID of any version.
 */
const Line = z.strictObject({
  number: z.int(),
  at: z.iso.datetime(),
  previous: z.string(),
  heads: z.array(z.tuple([z.guid(), z.int(), z.string()])),
  key: z.string(),
  mac: z.string(),
});
type Line = z.infer<typeof Line>;

const macOf = ({ number, at, previous, heads, key: id }: Omit<Line, 'mac'>, { key }: AuditKey): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([number, at, previous, heads, id]))
    .digest('hex');

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

export interface SignedHeads {
  /** Every head that was signed, the oldest first. */
  heads: ChainHead[];
  /** By the id of a key: of each chain the hash that it signed last. */
  hashesOf: Map<string, Map<string, string>>;
  lines: number;
  /** When the newest line was signed. */
  signedAt: Date | undefined;
  /** Its signature. Where that is known from elsewhere (the server's log), lines that are gone from the end show. */
  signature: string | undefined;
  /** What is wrong with the file itself, a sentence each. The heads of such lines are left out. */
  faults: string[];
  /** Up to the end of the last whole line; what follows it a crash has left. */
  wholeBytes: number;
  sizeBytes: number;
}

/** No file: nothing has been signed. */
export async function readSignedHeads(file: string, keys: readonly AuditKey[]): Promise<SignedHeads> {
  const bytes = (await readFile(file).catch(ignoreMissing)) ?? Buffer.alloc(0);
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  const signed: SignedHeads = {
    heads: [],
    hashesOf: new Map(),
    lines: 0,
    signedAt: undefined,
    signature: undefined,
    faults: [],
    wholeBytes,
    sizeBytes: bytes.length,
  };
  for (const source of bytes.toString('utf8', 0, wholeBytes).split('\n').slice(0, -1)) {
    signed.lines++;
    const line = Line.safeParse(jsonOf(source)).data;
    const fault = line === undefined ? 'cannot be read' : faultOf(line, signed, keys);
    if (fault !== undefined) signed.faults.push(`line ${signed.lines} ${fault}`);
    else if (line) addHeads(signed, line);
    if (line) {
      signed.signedAt = new Date(line.at);
      signed.signature = line.mac;
    }
  }
  return signed;
}

function addHeads({ heads, hashesOf }: SignedHeads, line: Line): void {
  const hashes = hashesOf.get(line.key) ?? new Map<string, string>();
  hashesOf.set(line.key, hashes);
  for (const [chain_id, position, hash] of line.heads) {
    heads.push({ chain_id, position, hash });
    hashes.set(chain_id, hash);
  }
}

function faultOf(line: Line, { lines, signature }: SignedHeads, keys: readonly AuditKey[]): string | undefined {
  const key = keys.find(({ id }) => id === line.key);
  if (!key) return 'is signed with a key that is not known here';
  if (!isSame(line.mac, macOf(line, key))) return 'was changed: its signature does not fit';
  if (line.number !== lines || line.previous !== (signature ?? '')) return 'does not follow the line before it';
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of each chain the last that was signed. */
export const newestOf = (signed: readonly ChainHead[]): ChainHead[] => [
  ...new Map(signed.map((head) => [head.chain_id, head])).values(),
];

/**
 * Those of the heads as they are now that are not what this key has signed last. After a change of keys these are all: the key
 * before may be known for a time only, and then what it alone has signed counts for nothing.
 */
export function movedSince({ hashesOf }: SignedHeads, current: readonly ChainHead[], key: AuditKey): ChainHead[] {
  const hashes = hashesOf.get(key.id);
  return current.filter(({ chain_id, hash }) => hashes?.get(chain_id) !== hash);
}

export interface AppendOptions {
  key: AuditKey;
  /** The file, where it has been read already: by keys of which `key` is one, and under the lock that is held still. */
  signed?: SignedHeads;
  now?: Date;
}

/**
 * Appends a line with the heads that moved, and returns when it is on the disk. What a crash left of a line is cut away.
 * One process at a time: see `withHeads`. Throws, and leaves the file alone, where it has another length than when it was read:
 * what would be cut away then may be whole lines.
 */
export async function appendSignedHeads(
  file: string,
  current: readonly ChainHead[],
  { key, signed, now = new Date() }: AppendOptions,
): Promise<{ number: number; signature: string; moved: number }> {
  const before = signed ?? (await readSignedHeads(file, [key]));
  const moved = movedSince(before, current, key);
  const content = {
    number: before.lines + 1,
    at: now.toISOString(),
    previous: before.signature ?? '',
    heads: moved.map(({ chain_id, position, hash }): Line['heads'][number] => [chain_id, position, hash]),
    key: key.id,
  };
  const mac = macOf(content, key);
  await append(file, `${JSON.stringify({ ...content, mac })}\n`, before);
  return { number: content.number, signature: mac, moved: moved.length };
}

async function append(file: string, text: string, { wholeBytes, sizeBytes }: SignedHeads): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  try {
    if ((await handle.stat()).size !== sizeBytes) throw new Error(`${file} has changed since it was read`);
    if (sizeBytes > wholeBytes) await handle.truncate(wholeBytes);
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // Of a new file the name, too, has to be on the disk.
  if (wholeBytes === 0) await syncFolder(dirname(file));
}
