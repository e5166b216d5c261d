import { parseArgs } from 'node:util';
import { listUsers } from '@taskmaster/api';
import type { User } from '@taskmaster/core/contracts';
import { withConnection } from '../with-database.ts';

/** `users list [--json]` */
export async function listCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
  await withConnection(async ({ db }) => {
    const users: User[] = [];
    for await (const page of listUsers(db)) users.push(...page);
    console.log(values.json ? JSON.stringify(users, null, 2) : table(users));
  });
}

function table(users: readonly User[]): string {
  const rows = users.map(({ id, username, email, role, is_active, created_at }) => [
    id,
    username,
    email,
    role,
    is_active ? 'active' : 'inactive',
    created_at.slice(0, 10),
  ]);
  const all = [['ID', 'USERNAME', 'E-MAIL', 'ROLE', 'STATE', 'SINCE'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
