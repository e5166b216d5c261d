import { dictionary } from '@zxcvbn-ts/language-common';
import { userLimits } from '@taskmaster/core/contracts';
import { invalidField } from '@taskmaster/core/errors';

/** From leaks, the most frequent first; of the 49,000 those that are long enough to be tried here. */
const common = new Set(dictionary['passwords-common'].filter((password) => password.length >= userLimits.password.min));

/** Those that are guessed first, in any case. Throws `VALIDATION_FAILED` at this field. */
export function refuseCommonPassword(field: 'password' | 'new_password', password: string): void {
  if (!common.has(password.normalize('NFC').toLowerCase())) return;
  throw invalidField(field, 'Is one of the most common passwords, which are guessed first', 'common_password');
}
