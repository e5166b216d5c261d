import type { User } from '@taskmaster/core/contracts';
import { pageLimits } from '@taskmaster/core/contracts';
import type { Database } from '@taskmaster/database';
import { presentUser } from '../users.presenter.ts';
import * as repository from '../users.repository.ts';

/** All users for the command line, the newest first, a page at a time. */
export async function* listUsers(db: Database): AsyncGenerator<User[]> {
  const size = pageLimits.size.max;
  for (let page = 1; ; page += 1) {
    const { items } = await repository.list(db, { page, size });
    if (items.length > 0) yield items.map(presentUser);
    if (items.length < size) return;
  }
}
