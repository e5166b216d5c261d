export type { DownloadOptions, Transfers, UploadOptions } from './attachments/attachments.ts';
export type { UploadProgress } from './attachments/transfer.ts';
export type { Auth } from './auth.ts';
export type { Calls, RouterInputs, RouterOutputs } from './calls.ts';
export { createTaskmasterClient } from './create-client.ts';
export type { Identified, TaskmasterClient } from './create-client.ts';
export { isTaskmasterError, TaskmasterError } from './errors/taskmaster-error.ts';
export type { ClientErrorCode, TaskmasterErrorCode } from './errors/taskmaster-error.ts';
export type { CallOptions } from './http/rpc.ts';
export type * from './inputs.ts';
export type { TaskmasterClientOptions } from './options.ts';
export type { ConnectionState } from './realtime/connection-state.ts';
export type { ObservableValue } from './realtime/observable-value.ts';
export type { WatchOptions } from './realtime/watcher.ts';
export type { Watch } from './realtime/watch.ts';
export type { WebSocketClass } from './realtime/web-socket.ts';
export type { SessionEnd } from './session/session.ts';
export type { Sessions } from './sessions.ts';
export { memoryStorage, webStorage } from './session/storage.ts';
export type { TokenStorage } from './session/storage.ts';
export type { Tokens } from './session/tokens.ts';
export type { ErrorCode, FieldError } from '@taskmaster/core/errors';
export type {
  ActivityAction,
  ActivityLog,
  AdminStats,
  Attachment,
  ChangedTeamMember,
  Comment,
  EntityType,
  Notification,
  NotificationEvent,
  NotificationType,
  Page,
  Session,
  Task,
  TaskAction,
  TaskEvent,
  TaskPriority,
  TaskSortKey,
  TaskStatus,
  Team,
  TeamDetail,
  TeamMember,
  TeamRole,
  TokenPair,
  User,
  UserRole,
} from '@taskmaster/core/contracts';
