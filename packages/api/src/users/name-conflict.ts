import { AppError } from '@taskmaster/core/errors';
import type { ErrorCode } from '@taskmaster/core/errors';
import { uniqueViolation } from '@taskmaster/database';

const codeOfIndex: Readonly<Record<string, ErrorCode>> = {
  users_email_key: 'EMAIL_TAKEN',
  users_username_key: 'USERNAME_TAKEN',
};

/** The unique indexes decide who was first; this only translates their refusal. */
export async function refusingTakenNames<Result>(write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    const code = codeOfIndex[uniqueViolation(error) ?? ''];
    throw code === undefined ? error : new AppError(code, { cause: error });
  }
}
