import type { Session } from '@taskmaster/core/contracts';
import { exampleIds, examplePage, examplePaging, exampleTimes } from '../shared/examples.ts';

const session: Session = {
  id: exampleIds.session,
  created_at: exampleTimes.created_at,
  last_used_at: exampleTimes.updated_at,
  expires_at: '2026-11-29T14:05:12.483Z',
  is_current: true,
  ip_address: '192.0.2.1',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

export const sessionExamples = {
  list: { input: examplePaging, output: examplePage(session) },
  end: { input: { session_id: session.id } },
  endAll: {},
};
