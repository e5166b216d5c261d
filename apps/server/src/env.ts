import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hmacAlgorithms } from '@taskmaster/api';
import { z } from 'zod';
import { maxProcesses } from './start/start-arguments.ts';

const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/, { error: 'is no whole number' }).transform(Number).pipe(z.int().min(min).max(max));
const flag = z
  .enum(['true', 'True', 'TRUE', '1', 'false', 'False', 'FALSE', '0'], { error: 'is neither true nor false' })
  .transform((value) => /^(true|1)$/i.test(value));
const secret = z.string().min(32, { error: 'has fewer than 32 characters' });
const folder = z
  .string()
  .min(1)
  .transform((path) => resolve(path));

const isRedisUrl = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname);
};

const secondsOf = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
const Rate = z
  .string()
  .regex(/^[1-9]\d{0,8}\/(second|minute|hour|day)$/, { error: 'is not of the form 5/minute' })
  .transform((text) => {
    const [points, unit] = text.split('/');
    return {
      points: Number(points),
      windowSeconds: secondsOf[z.enum(['second', 'minute', 'hour', 'day']).parse(unit)],
    };
  });

const listOf = (form: RegExp, what: string) =>
  z
    .string()
    .transform((text, context): string[] => {
      try {
        return z.array(z.string()).parse(JSON.parse(text));
      } catch {
        context.addIssue({ code: 'custom', message: 'is no JSON array of strings' });
        return z.NEVER;
      }
    })
    .refine((list) => list.every((one) => form.test(one)), { error: `holds what is no ${what}` });

// As browsers write it, or it would never be the same: in lower case, without a slash at the end.
const Origins = listOf(/^(\*|[a-z][a-z\d+.-]*:\/\/[^\s/?#@A-Z]+)$/, 'origin (scheme://host or scheme://host:port)');
const Hosts = listOf(
  /^([a-z\d_-][a-z\d_.-]*[a-z\d_-]|[a-z\d]|\[[\da-f:.]+\])$/,
  'name of a host (in lower case, no port)',
);

const DatabaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'is no PostgreSQL URL (postgres://user:password@host:5432/name)',
});

const Variables = z.object({
  // Closed: a misspelt `production` would open what production closes.
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: 'is none of development, test, production' })
    .default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(8000),
  DATABASE_URL: DatabaseUrl.optional(),
  MIGRATION_DATABASE_URL: DatabaseUrl.optional(),
  DATABASE_POOL_SIZE: whole(1, 1000).default(10),
  // An operation is given up before: what is longer only holds a connection.
  DATABASE_STATEMENT_TIMEOUT_SECONDS: whole(1, 15).default(5),
  DATABASE_QUEUE_TIMEOUT_SECONDS: whole(1, 15).default(5),
  PROCESSES: whole(1, maxProcesses).default(1),
  BUS_URL: z
    .string()
    .refine(isRedisUrl, { error: 'is no Redis URL (redis://user:password@host:6379/0, or rediss://)' })
    .optional(),
  DATA_DIR: folder.prefault('.data'),
  UPLOAD_DIR: folder.prefault('uploads'),
  MAX_FILE_SIZE_MB: whole(1, 10_240).default(10),
  AUDIT_DIR: folder.optional(),
  AUDIT_SECRET_KEY: secret.optional(),
  SECRET_KEY: secret.optional(),
  SECRET_KEY_PREVIOUS: secret.optional(),
  REFRESH_SECRET_KEY: secret.optional(),
  REFRESH_SECRET_KEY_PREVIOUS: secret.optional(),
  ALGORITHM: z
    .enum(hmacAlgorithms, { error: `is none of ${hmacAlgorithms.join(', ')}, which need no key pair` })
    .default('HS256'),
  ACCESS_TOKEN_EXPIRE_MINUTES: whole(1, 60 * 24 * 30).default(15),
  REFRESH_TOKEN_EXPIRE_DAYS: whole(1, 365).default(7),
  SESSION_EXPIRE_DAYS: whole(1, 3650).default(90),
  ALLOWED_ORIGINS: Origins.optional(),
  ALLOWED_HOSTS: Hosts.prefault('[]'),
  RATE_LIMIT_LOGIN: Rate.prefault('5/minute'),
  RATE_LIMIT_REGISTER: Rate.prefault('600/minute'),
  RATE_LIMIT_ACCOUNT: Rate.prefault('30/hour'),
  RATE_LIMIT_WRITES: Rate.prefault('3000/minute'),
  RATE_LIMIT_UPLOADS: Rate.prefault('300/minute'),
  RATE_LIMIT_SEARCHES: Rate.prefault('1500/minute'),
  RATE_LIMIT_ALL: Rate.prefault('30000/minute'),
  HEADERS_TIMEOUT_SECONDS: whole(1, 300).default(20),
  KEEP_ALIVE_TIMEOUT_SECONDS: whole(1, 3600).default(65),
  TRANSFER_STALL_SECONDS: whole(1, 3600).default(30),
  TRANSFER_MIN_BYTES_PER_SECOND: whole(1, 2 ** 30).default(4096),
  BODY_TIMEOUT_SECONDS: whole(1, 300).default(10),
  MAX_REQUESTS_IN_FLIGHT: whole(10, 1_000_000).default(1000),
  MAX_EVENT_LOOP_DELAY_MS: whole(50, 60_000).default(1000),
  MAX_MEMORY_PERCENT: whole(50, 100).default(90),
  TRUST_PROXY_HOPS: whole(0, 16).default(0),
  EVENT_RETENTION_DAYS: whole(1, 365).default(7),
  MAX_SOCKETS: whole(1, 1_000_000).default(20_000),
  MAX_SOCKETS_PER_ADDRESS: whole(1, 1_000_000).default(1_000),
  MAX_SOCKETS_PER_USER: whole(1, 10_000).default(100),
  MAX_SUBSCRIPTIONS_PER_SOCKET: whole(1, 10_000).default(128),
  // Not below what events are held back at, or nothing would be.
  MAX_BUFFERED_KB_PER_SOCKET: whole(128, 65_536).default(1_024),
  SHUTDOWN_DELAY_SECONDS: whole(0, 300).default(0),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).optional(),
  DEBUG: flag.default(false),
});

export const variableNames: readonly string[] = Object.keys(Variables.shape);

export type Env = Omit<z.infer<typeof Variables>, 'ALLOWED_ORIGINS'> & {
  isProduction: boolean;
  /** Pages that may call the API, beside the server's own. */
  ALLOWED_ORIGINS: readonly string[];
};

/** Where the signed heads of the activity log are kept. */
export const auditFileOf = ({ AUDIT_DIR, DATA_DIR }: Env): string =>
  join(AUDIT_DIR ?? join(DATA_DIR, 'audit'), 'heads.jsonl');

/** A variable that does not parse. The message is the one line that the operator sees. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/**
 * The only reader of `process.env`, and of `.env` in the current folder (what is set already wins). An empty variable
 * counts as one that is not set. `overrides` win over both. Throws `EnvError`.
 */
export function readEnv(source?: NodeJS.ProcessEnv, overrides: NodeJS.ProcessEnv = {}): Env {
  if (source === undefined && existsSync('.env')) process.loadEnvFile('.env');
  const set = Object.entries({ ...(source ?? process.env), ...overrides }).filter(
    ([, value]) => value !== '' && value !== undefined,
  );
  const parsed = Variables.safeParse(Object.fromEntries(set));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new EnvError(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const isProduction = parsed.data.NODE_ENV === 'production';
  const env = {
    ...parsed.data,
    isProduction,
    ALLOWED_ORIGINS: parsed.data.ALLOWED_ORIGINS ?? (isProduction ? [] : ['*']),
  };
  if (env.isProduction) requireSecrets(env);
  refuseContradictions(env);
  return env;
}

function refuseContradictions(env: Env) {
  const { SECRET_KEY, REFRESH_SECRET_KEY, REFRESH_TOKEN_EXPIRE_DAYS, SESSION_EXPIRE_DAYS } = env;
  // Two keys are two so that one that leaks leaves the other.
  if (REFRESH_SECRET_KEY !== undefined && REFRESH_SECRET_KEY === SECRET_KEY)
    throw new EnvError('REFRESH_SECRET_KEY: is the same as SECRET_KEY');
  if (REFRESH_TOKEN_EXPIRE_DAYS > SESSION_EXPIRE_DAYS)
    throw new EnvError(`REFRESH_TOKEN_EXPIRE_DAYS: is more than SESSION_EXPIRE_DAYS (${SESSION_EXPIRE_DAYS})`);
}

function requireSecrets(env: Env) {
  for (const name of ['SECRET_KEY', 'REFRESH_SECRET_KEY'] as const) {
    if (env[name] === undefined) throw new EnvError(`${name}: is required with NODE_ENV=production`);
  }
}
