import type { ActivityLog, Page, PageQuery } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import type { ActivityService } from '../services.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { loadTask } from '../tasks/load-task.ts';
import { presentActivity } from './activity.presenter.ts';
import type { ActivityScope } from './activity.repository.ts';
import * as repository from './activity.repository.ts';

export function createActivityService({ db }: Deps): ActivityService {
  async function list(actor: Actor, scope: ActivityScope, query: PageQuery): Promise<Page<ActivityLog>> {
    const { items, counted } = await repository.list(db, scope, query);
    return toPage(
      items.map((row) => presentActivity(row, actor)),
      counted,
      query,
    );
  }

  return {
    mine: ({ actor }, query) => list(actor, { doneBy: actor }, query),
    async byTask({ actor }, { task_id, ...query }) {
      await loadTask(db, actor, task_id);
      return list(actor, { task_id }, query);
    },
    all: ({ actor }, query) => list(actor, 'all', query),
  };
}
