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
  lines: number;
  /** When the newest line was signed. */
  signedAt: Date | undefined;
  /** Its signature. Where that is known from elsewhere (the server's log), lines that are gone from the end show. */
  signature: string | undefined;
  /** What is wrong with the file itself, a sentence each. The heads of such lines are left out. */
  faults: string[];
}

interface Parsed extends SignedHeads {
  last: Line | undefined;
  /** Bytes up to the end of the last whole line. */
  sizeBytes: number;
}

/** No file: nothing has been signed. */
export async function readSignedHeads(file: string, keys: readonly AuditKey[]): Promise<SignedHeads> {
  return parse(await readText(file), keys);
}

const readText = async (file: string): Promise<string> => (await readFile(file, 'utf8').catch(ignoreMissing)) ?? '';

function parse(text: string, keys: readonly AuditKey[]): Parsed {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const parsed: Parsed = {
    heads: [],
    lines: 0,
    signedAt: undefined,
    signature: undefined,
    faults: [],
    last: undefined,
    sizeBytes: Buffer.byteLength(whole),
  };
  for (const source of whole.split('\n').slice(0, -1)) {
    parsed.lines++;
    const line = Line.safeParse(jsonOf(source)).data;
    const fault = line === undefined ? 'cannot be read' : faultOf(line, parsed, keys);
    if (fault !== undefined) parsed.faults.push(`line ${parsed.lines} ${fault}`);
    else if (line) for (const [chain_id, position, hash] of line.heads) parsed.heads.push({ chain_id, position, hash });
    if (line) {
      parsed.last = line;
      parsed.signedAt = new Date(line.at);
      parsed.signature = line.mac;
    }
  }
  return parsed;
}

function faultOf(line: Line, { last, lines }: Parsed, keys: readonly AuditKey[]): string | undefined {
  const key = keys.find(({ id }) => id === line.key);
  if (!key) return 'is signed with a key that is not known here';
  if (!isSame(line.mac, macOf(line, key))) return 'was changed: its signature does not fit';
  if (line.number !== lines || line.previous !== (last?.mac ?? '')) return 'does not follow the line before it';
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

/** Those of the heads as they are now that are not what was signed last. */
export function movedSince(signed: readonly ChainHead[], current: readonly ChainHead[]): ChainHead[] {
  const known = new Map(signed.map(({ chain_id, hash }) => [chain_id, hash]));
  return current.filter(({ chain_id, hash }) => known.get(chain_id) !== hash);
}

/**
 * Appends a line with the heads that moved, and returns when it is on the disk. What a crash left of a line is cut away.
 * One process at a time: see `withHeads`.
 */
export async function appendSignedHeads(
  file: string,
  current: readonly ChainHead[],
  { key, now = new Date() }: { key: AuditKey; now?: Date },
): Promise<{ number: number; signature: string; moved: number }> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { heads, last, lines, sizeBytes } = parse(await readText(file), [key]);
  const moved = movedSince(heads, current);
  const content = {
    number: lines + 1,
    at: now.toISOString(),
    previous: last?.mac ?? '',
    heads: moved.map(({ chain_id, position, hash }): Line['heads'][number] => [chain_id, position, hash]),
    key: key.id,
  };
  const mac = macOf(content, key);
  const text = `${JSON.stringify({ ...content, mac })}\n`;
  const handle = await open(file, 'a', 0o600);
  try {
    if ((await handle.stat()).size > sizeBytes) await handle.truncate(sizeBytes);
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // Of a new file the name, too, has to be on the disk.
  if (sizeBytes === 0) await syncFolder(dirname(file));
  return { number: content.number, signature: mac, moved: moved.length };
}
