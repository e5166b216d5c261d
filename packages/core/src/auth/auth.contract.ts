import { z } from 'zod';
import { text } from '../shared/fields.ts';
import { userLimits } from '../users/users.model.ts';
import { Email, FullName, GivenPassword, NewPassword, Username } from '../users/users.contract.ts';

export const RegisterInput = z.strictObject({
  email: Email,
  username: Username,
  password: NewPassword,
  full_name: FullName.optional(),
});
export type RegisterInput = z.infer<typeof RegisterInput>;

export const LoginInput = z.strictObject({
  email: text({ max: userLimits.email.max }).meta({
    description: 'The e-mail address, or the username.',
    example: 'ann@example.com',
  }),
  password: GivenPassword,
});
export type LoginInput = z.infer<typeof LoginInput>;

export const RefreshToken = z.string().min(1).max(4096).meta({ description: 'As the last login or refresh gave it.' });
export const RefreshInput = z.strictObject({ refresh_token: RefreshToken });
export type RefreshInput = z.infer<typeof RefreshInput>;

export const TokenPair = z
  .strictObject({
    access_token: z.string().meta({ description: 'A JWT for `Authorization: Bearer …`.' }),
    refresh_token: z.string().meta({ description: 'Good for one refresh, which gives a new one.' }),
    token_type: z.literal('bearer'),
    expires_in: z.int().meta({ description: 'Seconds until the access token expires.', example: 900 }),
  })
  .meta({ id: 'TokenPair' });
export type TokenPair = z.infer<typeof TokenPair>;
