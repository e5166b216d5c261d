import type { Env } from '../../env.ts';
import { auditFileOf } from '../../env.ts';
import type { AuditKey } from '../../audit/signed-heads.ts';
import { auditKeyOf } from '../../audit/signed-heads.ts';
import { loadSecrets } from '../../start/secrets.ts';

/** Where the heads are, and what signs them, for commands beside a server with the same settings. */
export async function auditSettings(env: Env): Promise<{ file: string; key: AuditKey; keys: AuditKey[] }> {
  const key = auditKeyOf(env.AUDIT_SECRET_KEY ?? (await loadSecrets(env, () => undefined)).SECRET_KEY);
  // What was signed before SECRET_KEY was replaced.
  const before = env.SECRET_KEY_PREVIOUS === undefined ? [] : [auditKeyOf(env.SECRET_KEY_PREVIOUS)];
  return { file: auditFileOf(env), key, keys: [key, ...before] };
}
