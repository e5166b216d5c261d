import type * as contracts from '@taskmaster/core/contracts';
import type { Download, UploadSource } from './attachments/attachments.transfer.ts';
import type { ActorContext, IdempotencyKey, Origin, Repeatable } from './shared/context.ts';

/** One operation of a service: who asks comes first, the parsed input second. Refusals are thrown as `AppError`. */
type Operation<Input, Output> = (ctx: ActorContext, input: Input) => Promise<Output>;
type PublicOperation<Input, Output> = (origin: Origin, input: Input) => Promise<Output>;
type Read<Output> = (ctx: ActorContext) => Promise<Output>;
type Page<Item> = contracts.Page<Item>;

/** A subscription: resolves where it is allowed, ends with its signal. Each yield is an event id and the event. */
type Stream<Input, Event> = (
  ctx: ActorContext,
  input: Input,
  signal: AbortSignal,
) => Promise<AsyncGenerator<readonly [id: string, event: Event], void, undefined>>;

export interface AuthService {
  register: PublicOperation<contracts.RegisterInput, contracts.User>;
  login: PublicOperation<contracts.LoginInput, contracts.TokenPair>;
  refresh: PublicOperation<contracts.RefreshInput, contracts.TokenPair>;
  logout: PublicOperation<contracts.RefreshInput, void>;
}

export interface SessionsService {
  list: Operation<contracts.ListSessionsInput, Page<contracts.Session>>;
  end: Operation<contracts.SessionIdInput, void>;
  endAll: Read<void>;
}

export interface UsersService {
  me: Read<contracts.User>;
  updateMe: Operation<contracts.UpdateMeInput, contracts.User>;
  changePassword: Operation<contracts.ChangePasswordInput, void>;
  list: Operation<contracts.ListUsersInput, Page<contracts.User>>;
  get: Operation<contracts.UserIdInput, contracts.User>;
  update: Operation<contracts.UpdateUserInput, contracts.User>;
  deactivate: Operation<contracts.UserIdInput, void>;
}

export interface TeamsService {
  create: Operation<contracts.CreateTeamInput, contracts.Team>;
  list: Operation<contracts.ListTeamsInput, Page<contracts.Team>>;
  get: Operation<contracts.TeamIdInput, contracts.TeamDetail>;
  update: Operation<contracts.UpdateTeamInput, contracts.Team>;
  delete: Operation<contracts.DeleteTeamInput, void>;
  addMember: Operation<contracts.AddMemberInput, contracts.ChangedTeamMember>;
  updateMember: Operation<contracts.UpdateMemberInput, contracts.ChangedTeamMember>;
  removeMember: Operation<contracts.RemoveMemberInput, void>;
}

export interface TasksService {
  create: Operation<contracts.CreateTaskInput, contracts.Task>;
  list: Operation<contracts.ListTasksInput, Page<contracts.Task>>;
  listByTeam: Operation<contracts.ListTeamTasksInput, Page<contracts.Task>>;
  get: Operation<contracts.TaskIdInput, contracts.Task>;
  update: Operation<contracts.UpdateTaskInput, contracts.Task>;
  archive: Operation<contracts.ArchiveTaskInput, void>;
  assign: Operation<contracts.AssignTaskInput, contracts.Task>;
  watch: Stream<contracts.WatchTasksInput, contracts.TaskEvent>;
}

export interface CommentsService {
  list: Operation<contracts.ListCommentsInput, Page<contracts.Comment>>;
  create: Operation<contracts.CreateCommentInput, contracts.Comment>;
  update: Operation<contracts.UpdateCommentInput, contracts.Comment>;
  delete: Operation<contracts.DeleteCommentInput, void>;
}

export interface AttachmentsService {
  list: Operation<contracts.ListAttachmentsInput, Page<contracts.Attachment>>;
  delete: Operation<contracts.AttachmentIdInput, void>;
  /** Routes of the server, not procedures: tRPC buffers what these stream. */
  upload: (ctx: ActorContext, input: contracts.TaskIdInput, source: UploadSource) => Promise<contracts.Attachment>;
  download: Operation<contracts.AttachmentIdInput, Download>;
}

export interface NotificationsService {
  list: Operation<contracts.ListNotificationsInput, Page<contracts.Notification>>;
  markRead: Operation<contracts.NotificationIdInput, contracts.Notification>;
  markAllRead: Read<contracts.MarkAllReadResult>;
  watch: Stream<contracts.WatchNotificationsInput, contracts.NotificationEvent>;
}

export interface ActivityService {
  mine: Operation<contracts.ListActivityInput, Page<contracts.ActivityLog>>;
  byTask: Operation<contracts.ListTaskActivityInput, Page<contracts.ActivityLog>>;
  all: Operation<contracts.ListActivityInput, Page<contracts.ActivityLog>>;
}

export interface AdminService {
  stats: Read<contracts.AdminStats>;
  users: Operation<contracts.ListUsersInput, Page<contracts.User>>;
  tasks: Operation<contracts.ListAllTasksInput, Page<contracts.Task>>;
}

/** No operations: what stands before them. */
export interface IdempotencyService {
  identify: (key: IdempotencyKey, request: { user_id: string; operation: string; input: unknown }) => Repeatable;
}

/** No operations: what stands before them. */
export interface LimitsService {
  /** Counts one of the user's changes. Throws `RATE_LIMITED`. */
  countWrite: Read<void>;
}

/** No operations: what stands around them. */
export interface RefusalsService {
  /**
   * Leaves a row in the activity log if the error is a 403. Never throws: what the caller is answered does not depend on it.
   * `operation` is the name of what was refused, such as `teams.update`.
   */
  record: (ctx: ActorContext, operation: string, error: unknown) => Promise<void>;
}

/** All that a router may call. */
export interface Services {
  auth: AuthService;
  sessions: SessionsService;
  users: UsersService;
  teams: TeamsService;
  tasks: TasksService;
  comments: CommentsService;
  attachments: AttachmentsService;
  notifications: NotificationsService;
  activity: ActivityService;
  admin: AdminService;
  limits: LimitsService;
  refusals: RefusalsService;
  idempotency: IdempotencyService;
}
