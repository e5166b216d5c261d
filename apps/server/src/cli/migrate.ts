import type { AppliedMigration } from '@taskmaster/database/migrations';
import { UsageError } from './usage-error.ts';
import { withMigrator } from './with-database.ts';

const describe = ({ name, applied_at }: AppliedMigration) => `${name}  ${applied_at?.toISOString() ?? 'unknown time'}`;

function print(verb: string, migrations: readonly AppliedMigration[]) {
  if (migrations.length === 0) console.log(`nothing to be ${verb}`);
  for (const { name } of migrations) console.log(`${verb} ${name}`);
}

/** `migrate up | down [n] | to base | current | history`. */
export async function migrateCommand([verb, argument, ...rest]: readonly string[]): Promise<void> {
  const most = verb === 'down' || verb === 'to' ? 1 : 0;
  if ((argument === undefined ? 0 : 1) + rest.length > most)
    throw new UsageError(`migrate ${verb} takes no more than ${most} arguments`);
  switch (verb) {
    case 'up':
      return withMigrator(async (migrator) => print('applied', await migrator.up()));
    case 'down': {
      const count = Number(argument ?? '1');
      if (!Number.isInteger(count) || count < 1) throw new UsageError(`${argument} is no number of migrations`);
      return withMigrator(async (migrator) => print('undone', await migrator.down(count)));
    }
    case 'to':
      if (argument !== 'base') throw new UsageError('migrate to takes `base`');
      return withMigrator(async (migrator) => print('undone', await migrator.toBase()));
    case 'current':
      return withMigrator(async (migrator) => {
        const current = await migrator.current();
        console.log(current ? describe(current) : 'base: no migration is applied');
      });
    case 'history':
      return withMigrator(async (migrator) => {
        for (const migration of await migrator.history()) console.log(describe(migration));
        for (const { name } of await migrator.pending()) console.log(`${name}  pending`);
      });
    default:
      throw new UsageError('migrate takes up, down [n], to base, current or history');
  }
}
