import type { Env } from '../../env.ts';
import { auditFileOf } from '../../env.ts';
import type { AuditKeys } from '../../audit/signed-heads.ts';
import { auditKeysOf } from '../../audit/signed-heads.ts';
import { loadSecrets } from '../../start/secrets.ts';

/** Where the heads are, and what signs them, for commands beside a server with the same settings. */
export async function auditSettings(env: Env): Promise<{ file: string; keys: AuditKeys }> {
  const secret = env.AUDIT_SECRET_KEY ?? (await loadSecrets(env, () => undefined)).SECRET_KEY;
  return { file: auditFileOf(env), keys: auditKeysOf(secret, env.SECRET_KEY_PREVIOUS) };
}
