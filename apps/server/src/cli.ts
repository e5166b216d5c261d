import { signCommand } from './cli/audit/sign.ts';
import { verifyCommand } from './cli/audit/verify.ts';
import { migrateCommand } from './cli/migrate.ts';
import { usage } from './cli/usage.ts';
import { UsageError } from './cli/usage-error.ts';
import { createAdminCommand } from './cli/users/create-admin.ts';
import { deactivateCommand } from './cli/users/deactivate.ts';
import { eraseCommand } from './cli/users/erase.ts';
import { listCommand } from './cli/users/list.ts';
import { resetPasswordCommand } from './cli/users/reset-password.ts';
import { setRoleCommand } from './cli/users/set-role.ts';
import { explainError } from './explain-error.ts';

const commands: ReadonlyMap<string, (args: string[]) => Promise<void>> = new Map([
  ['audit verify', verifyCommand],
  ['audit sign', signCommand],
  ['users create-admin', createAdminCommand],
  ['users list', listCommand],
  ['users set-role', setRoleCommand],
  ['users deactivate', deactivateCommand],
  ['users erase', eraseCommand],
  ['users reset-password', resetPasswordCommand],
]);

async function run(args: string[]): Promise<void> {
  const [group, verb = '', ...rest] = args;
  if (group === undefined || args.includes('--help') || args.includes('-h')) return console.log(usage);
  if (group === 'migrate') return migrateCommand(args.slice(1));
  const command = commands.get(`${group} ${verb}`);
  if (command === undefined)
    throw new UsageError(`unknown command: ${[group, verb].join(' ').trim()} (--help lists them)`);
  return command(rest);
}

const isUsageError = (error: unknown): error is Error =>
  error instanceof UsageError ||
  (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(isUsageError(error) ? error.message : explainError(error));
  process.exitCode = isUsageError(error) ? 2 : 1;
}
