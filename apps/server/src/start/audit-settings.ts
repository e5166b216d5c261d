import type { AuditKeys } from '../audit/signed-heads.ts';
import { auditKeyOf } from '../audit/signed-heads.ts';
import type { Env } from '../env.ts';
import { auditFileOf } from '../env.ts';
import type { Secrets } from './secrets.ts';
import { loadSecrets } from './secrets.ts';

/**
 * Where the heads are, what signs them and whose signatures are known: the same for a server and for commands beside it.
 * `secrets` are loaded where they are needed and not given. Throws `EnvError` where that cannot be.
 */
export async function auditSettings(env: Env, secrets?: Secrets): Promise<{ file: string; keys: AuditKeys }> {
  const { AUDIT_SECRET_KEY, SECRET_KEY_PREVIOUS: previousSecretKey } = env;
  const secretKey = AUDIT_SECRET_KEY ?? (secrets ?? (await loadSecrets(env, () => undefined))).SECRET_KEY;
  const before = previousSecretKey === undefined ? [] : [auditKeyOf(previousSecretKey)];
  return { file: auditFileOf(env), keys: [auditKeyOf(secretKey), ...before] };
}
