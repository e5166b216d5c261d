import { userLimits } from '@taskmaster/core/contracts';

/** Each is followed by its beginning again: `890123`, `xyzabc`. */
const rows = (
  '1234567890 abcdefghijklmnopqrstuvwxyz !@#$%^&*() ' +
  'qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn'
).split(' ');

/**
 * Whether a password, folded, is nothing but repetition (of a unit that would be too short by itself) or one run of
 * following characters, forwards or backwards: NIST SP 800-63B, "repetitive or sequential characters".
 */
export function isPattern(folded: string): boolean {
  const characters = Array.from(folded);
  return isRepeated(characters) || isRun(characters) || isRun(characters.toReversed());
}

function isRepeated(characters: readonly string[]): boolean {
  const longestUnit = Math.min(userLimits.password.min - 1, Math.floor(characters.length / 2));
  const units = Array.from({ length: longestUnit }, (_, index) => index + 1);
  return units.some((unit) => characters.every((one, at) => one === characters[at % unit]));
}

function isRun(characters: readonly string[]): boolean {
  const codes = characters.map((one) => one.codePointAt(0) ?? 0);
  const [first = 0] = codes;
  if (codes.every((code, at) => code === first + at)) return true;
  const text = characters.join('');
  return rows.some((row) => row.repeat(Math.ceil(text.length / row.length) + 1).includes(text));
}
