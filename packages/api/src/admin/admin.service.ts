import { countSearch } from '../limits/count-search.ts';
import type { AdminService } from '../services.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { listTasks } from '../tasks/tasks-list.repository.ts';
import { presentTask } from '../tasks/tasks.presenter.ts';
import { presentUser } from '../users/users.presenter.ts';
import { list as listUsers } from '../users/users.repository.ts';
import * as repository from './admin.repository.ts';

export function createAdminService(deps: Deps): AdminService {
  const { db } = deps;
  return {
    async stats() {
      const [users, teams, tasks, per_day, notifications, storage] = await Promise.all([
        repository.userCounts(db),
        repository.teamCounts(db),
        repository.taskCounts(db),
        repository.tasksPerDay(db),
        repository.notificationCounts(db),
        repository.storageUse(db),
      ]);
      return { users, teams, tasks: { ...tasks, per_day }, notifications, storage };
    },
    async users(_ctx, query) {
      const { items, counted } = await listUsers(db, query);
      return toPage(items.map(presentUser), counted, query);
    },
    async tasks(ctx, query) {
      await countSearch(deps, ctx, query);
      const { items, counted } = await listTasks(db, 'all', query);
      return toPage(items.map(presentTask), counted, query);
    },
  };
}
