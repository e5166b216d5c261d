import type { Actor } from '../shared/actor.ts';
import { isAdmin } from '../shared/actor.ts';

/** Reading and uploading follows the task; deleting is for the uploader and for admins. */
export const canDeleteAttachment = (actor: Actor, attachment: { uploader_id: string }) =>
  attachment.uploader_id === actor.id || isAdmin(actor);
