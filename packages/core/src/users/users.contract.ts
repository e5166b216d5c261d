import { z } from 'zod';
import { Id, text, Timestamp } from '../shared/fields.ts';
import { ListInput, pageOf } from '../shared/page.contract.ts';
import { userLimits, userRoles } from './users.model.ts';

export const Email = z.email({ abort: true }).max(userLimits.email.max).meta({ example: 'ann@example.com' });
/** No `@`: a login takes either, so that one user's username must not be another one's address. */
export const Username = z
  .string()
  .min(userLimits.username.min, { abort: true })
  .max(userLimits.username.max, { abort: true })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: 'Takes letters, digits, dots, dashes and underscores' })
  .meta({ example: 'ann' });
export const FullName = text({ max: userLimits.fullName.max }).nullable().meta({ example: 'Ann Example' });
export const NewPassword = text({ min: userLimits.password.min, max: userLimits.password.max }).meta({
  description:
    'Refused are the most common passwords (`common_password`), those that only repeat a few characters or are a run of following ones (`pattern_as_password`), and those that are mostly your username, the local part of your address or the name of the product (`name_as_password`).',
  example: 'correct-horse-battery',
});
/** What somebody typed as a password: bounded, nothing else, so that old rules never lock anybody out. */
export const GivenPassword = z.string().max(1024).meta({ example: 'correct-horse-battery' });

export const User = z
  .strictObject({
    id: Id,
    email: z.string().meta({ example: 'ann@example.com' }),
    username: z.string().meta({ example: 'ann' }),
    full_name: z.string().nullable().meta({ example: 'Ann Example' }),
    role: z.enum(userRoles),
    is_active: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const UserPage = pageOf(User, 'UserPage');

export const UpdateMeInput = z.strictObject({
  email: Email.optional(),
  username: Username.optional(),
  full_name: FullName.optional(),
});
export type UpdateMeInput = z.infer<typeof UpdateMeInput>;

export const ChangePasswordInput = z.strictObject({ current_password: GivenPassword, new_password: NewPassword });
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>;

export const ListUsersInput = ListInput;
export type ListUsersInput = z.infer<typeof ListUsersInput>;

export const UserIdInput = z.strictObject({ user_id: Id });
export type UserIdInput = z.infer<typeof UserIdInput>;

export const UpdateUserInput = z.strictObject({
  user_id: Id,
  role: z.enum(userRoles).optional(),
  is_active: z.boolean().optional(),
});
export type UpdateUserInput = z.infer<typeof UpdateUserInput>;
