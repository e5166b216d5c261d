import { z } from 'zod';
import { Id, Timestamp } from '../shared/fields.ts';
import { ListInput, pageOf } from '../shared/page.contract.ts';

export const Session = z
  .strictObject({
    id: Id,
    created_at: Timestamp,
    last_used_at: Timestamp.meta({ description: 'When it was started, or refreshed for the last time.' }),
    expires_at: Timestamp.meta({ description: 'Unless it is refreshed before.' }),
    is_current: z.boolean().meta({ description: 'Whether it is the session of this request.' }),
    ip_address: z.string().nullable().meta({ description: 'From where it was started.', example: '192.0.2.1' }),
    user_agent: z
      .string()
      .nullable()
      .meta({ description: 'What it was started with, as that calls itself.', example: 'Mozilla/5.0 (X11; Linux)' }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const SessionPage = pageOf(Session, 'SessionPage');

export const ListSessionsInput = ListInput;
export type ListSessionsInput = z.infer<typeof ListSessionsInput>;

export const SessionIdInput = z.strictObject({ session_id: Id });
export type SessionIdInput = z.infer<typeof SessionIdInput>;
