import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { checkFolder } from './check-folder.ts';
import type { Env } from '../env.ts';
import { EnvError } from '../env.ts';

const Secrets = z.object({ SECRET_KEY: z.string(), REFRESH_SECRET_KEY: z.string() });
export type Secrets = z.infer<typeof Secrets>;

/**
 * The keys of the environment; where one is missing (never in production), one that is made once and kept under
 * DATA_DIR, so that a restart logs nobody out. Throws `EnvError` where that cannot be.
 */
export async function loadSecrets(env: Env, warn: (message: string) => void): Promise<Secrets> {
  const { SECRET_KEY, REFRESH_SECRET_KEY } = env;
  if (SECRET_KEY !== undefined && REFRESH_SECRET_KEY !== undefined) return { SECRET_KEY, REFRESH_SECRET_KEY };
  await checkFolder('DATA_DIR', env.DATA_DIR);
  const file = join(env.DATA_DIR, 'secrets.json');
  const kept = (await read(file)) ?? (await create(file));
  warn(`SECRET_KEY or REFRESH_SECRET_KEY is not set: using keys kept in ${file}. Set both in production.`);
  return {
    SECRET_KEY: SECRET_KEY ?? kept.SECRET_KEY,
    REFRESH_SECRET_KEY: REFRESH_SECRET_KEY ?? kept.REFRESH_SECRET_KEY,
  };
}

async function read(file: string): Promise<Secrets | undefined> {
  try {
    return Secrets.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new EnvError(
      `${file} cannot be read (${codeOf(error) ?? 'damaged'}): restore it, or remove it to log everybody out`,
    );
  }
}

/** Complete before it has its name, and never over another's: of servers that start at once, one decides. */
async function create(file: string): Promise<Secrets> {
  const key = () => randomBytes(48).toString('base64url');
  const secrets = { SECRET_KEY: key(), REFRESH_SECRET_KEY: key() };
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
    await link(draft, file);
    return secrets;
  } catch (error) {
    const kept = codeOf(error) === 'EEXIST' ? await read(file) : undefined;
    if (kept) return kept;
    throw new EnvError(`DATA_DIR: ${dirname(file)} cannot be written (${codeOf(error) ?? 'unknown error'})`);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : undefined);
