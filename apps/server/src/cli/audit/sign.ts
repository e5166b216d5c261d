import { withHeads } from '@taskmaster/database/audit';
import { appendSignedHeads } from '../../audit/signed-heads.ts';
import { readEnv } from '../../env.ts';
import { auditSettings } from '../../start/audit-settings.ts';
import { UsageError } from '../usage-error.ts';
import { withConnection } from '../with-database.ts';

/** `audit sign`: what the server does every hour, now. */
export async function signCommand(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError('audit sign takes no arguments');
  const {
    file,
    keys: [key],
  } = await auditSettings(readEnv());
  await withConnection(async ({ sql }) => {
    const signed = await withHeads(sql, (heads) => appendSignedHeads(file, heads, { key }));
    if (!signed) throw new UsageError('another process is signing at this moment');
    const { moved, number, signature } = signed;
    console.log(
      `${moved} chains have moved since the last time; their heads are signed in ${file}: number ${number}, signature ${signature}`,
    );
  });
}
