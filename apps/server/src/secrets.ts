import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Env } from './env.ts';

const Secrets = z.object({ SECRET_KEY: z.string(), REFRESH_SECRET_KEY: z.string() });
export type Secrets = z.infer<typeof Secrets>;

/**
 * The keys of the environment; where one is missing (never in production), one that is made once and kept under
 * DATA_DIR, so that a restart logs nobody out.
 */
export async function loadSecrets(env: Env, warn: (message: string) => void): Promise<Secrets> {
  const { SECRET_KEY, REFRESH_SECRET_KEY } = env;
  if (SECRET_KEY !== undefined && REFRESH_SECRET_KEY !== undefined) return { SECRET_KEY, REFRESH_SECRET_KEY };
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
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function create(file: string): Promise<Secrets> {
  const key = () => randomBytes(48).toString('base64url');
  const secrets = { SECRET_KEY: key(), REFRESH_SECRET_KEY: key() };
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return secrets;
}
