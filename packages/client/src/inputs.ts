import type { RouterInputs } from './calls.ts';

// What a caller writes: unlike the contract's types, which are what the server has parsed, defaults may be left out. A list's
// whole input may be, too: where one is written it is there.

export type RegisterInput = RouterInputs['auth']['register'];
export type LoginInput = RouterInputs['auth']['login'];

export type UpdateMeInput = RouterInputs['users']['updateMe'];
export type ChangePasswordInput = RouterInputs['users']['changePassword'];
export type UpdateUserInput = RouterInputs['users']['update'];
export type ListUsersInput = NonNullable<RouterInputs['users']['list']>;

export type CreateTeamInput = RouterInputs['teams']['create'];
export type UpdateTeamInput = RouterInputs['teams']['update'];
export type ListTeamsInput = NonNullable<RouterInputs['teams']['list']>;
export type AddMemberInput = RouterInputs['teams']['addMember'];
export type UpdateMemberInput = RouterInputs['teams']['updateMember'];

export type CreateTaskInput = RouterInputs['tasks']['create'];
export type UpdateTaskInput = RouterInputs['tasks']['update'];
export type AssignTaskInput = RouterInputs['tasks']['assign'];
export type ArchiveTaskInput = RouterInputs['tasks']['archive'];
export type ListTasksInput = NonNullable<RouterInputs['tasks']['list']>;
export type ListTeamTasksInput = RouterInputs['tasks']['listByTeam'];

export type CreateCommentInput = RouterInputs['comments']['create'];
export type UpdateCommentInput = RouterInputs['comments']['update'];
export type ListCommentsInput = RouterInputs['comments']['list'];

export type ListAttachmentsInput = RouterInputs['attachments']['list'];
export type ListNotificationsInput = NonNullable<RouterInputs['notifications']['list']>;
export type ListActivityInput = NonNullable<RouterInputs['activity']['mine']>;
export type ListTaskActivityInput = RouterInputs['activity']['byTask'];
export type ListAllTasksInput = NonNullable<RouterInputs['admin']['tasks']>;
