import { dictionary } from '@zxcvbn-ts/language-common';
import { userLimits } from '@taskmaster/core/contracts';
import { invalidField } from '@taskmaster/core/errors';
import { isPattern } from './password-patterns.ts';

/** From leaks, the most frequent first; of the 49,000 those that are long enough to be tried here. */
const common = new Set(dictionary['passwords-common'].filter((password) => password.length >= userLimits.password.min));
const product = 'taskmaster';

/** Whose password it is to be. */
interface Account {
  username: string;
  email: string;
}

/**
 * What is guessed first is refused, in any case: a common password, one that is nothing but a pattern, or one of which half
 * or more is the user's own name or the product's. Throws `VALIDATION_FAILED` at this field.
 */
export function refuseGuessablePassword(
  field: 'password' | 'new_password',
  password: string,
  { username, email }: Account,
): void {
  const folded = password.normalize('NFC').toLowerCase();
  if (common.has(folded)) {
    throw invalidField(field, 'Is one of the most common passwords, which are guessed first', 'common_password');
  }
  if (isPattern(folded)) {
    throw invalidField(
      field,
      'Is a few characters over and over, or a row of following ones: these are guessed first',
      'pattern_as_password',
    );
  }
  const names = [username, email.slice(0, email.lastIndexOf('@')), product];
  if (names.some((name) => isMostly(name, folded))) {
    throw invalidField(
      field,
      'Is mostly a name of yours, or of TaskMaster: these are guessed first',
      'name_as_password',
    );
  }
}

/** `Ann.Smith` is looked for in `annsmith` too, and twice in `ann-smith-ann-smith`. */
function isMostly(name: string, folded: string): boolean {
  const letters = lettersOf(folded);
  const without = letters.replaceAll(lettersOf(name.normalize('NFC').toLowerCase()), '');
  return without !== letters && 2 * (letters.length - without.length) >= folded.length;
}

const lettersOf = (text: string) => text.replaceAll(/[^\p{L}\p{N}]/gu, '');
