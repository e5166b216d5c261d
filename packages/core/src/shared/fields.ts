import { z } from 'zod';

/** PostgreSQL cannot hold U+0000, and UTF-8 no lone surrogate. */
const isStorable = (value: string) => value.isWellFormed() && !value.includes('\u0000');

/** Characters as a person counts them (code points), which is also what JSON Schema's `maxLength` means. */
const lengthOf = (value: string) => {
  let length = 0;
  for (const _ of value) length++;
  return length;
};

// The braille pattern without a dot is the one sign that shows nothing and is of none of these classes.
const visible = /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a reader sees nothing: no character at all, or only spaces, controls and what is not shown (U+200B, U+3164). */
export const isBlank = (value: string) => !visible.test(value);

/** A rule of ours on a field: `code` is what a client can switch on, in the terms of zod's own where it has one. */
export const rule = (code: string, error: string) => ({ error, params: { code }, abort: true });

/**
 * Any text that can be stored, of `min` to `max` characters. A text that must not be empty must not be blank either. It is
 * kept in the composed form (NFC): what looks the same is found, and compared, as the same. The first thing that is wrong
 * ends the checks: one field, one error.
 */
export function text({ min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .normalize('NFC')
    .refine(isStorable, rule('unstorable', 'Holds a character that cannot be stored (U+0000 or a lone surrogate)'))
    .refine((value) => lengthOf(value) <= max, rule('too_big', `Has more than ${max} characters`))
    .refine((value) => lengthOf(value) >= min, rule('too_small', `Has fewer than ${min} characters`))
    .refine((value) => min === 0 || !isBlank(value), rule('blank', 'Is blank'))
    .meta({ ...(min > 0 && { minLength: min }), maxLength: max });
}

/** Ours are UUIDv7; what was brought along from elsewhere may be any UUID. */
export const Id = z.guid().meta({ description: 'A UUID.', example: '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11' });

/** ISO 8601 in UTC with milliseconds: how every time leaves the server. */
export const Timestamp = z.iso.datetime({ precision: 3 }).meta({ example: '2026-11-22T09:30:00.000Z' });

/** Years that JavaScript and PostgreSQL both write with four digits; below 100 JavaScript reads another century. */
const earliest = Date.parse('0100-01-01T00:00:00Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** ISO 8601 with `Z` or an offset, with or without fractions: how a time may come in. */
export const TimestampInput = z.iso
  .datetime({ offset: true, abort: true })
  .refine(
    (value) => Date.parse(value) >= earliest && Date.parse(value) <= latest,
    rule('out_of_range', 'Is not in the years 100 to 9999'),
  )
  .meta({ example: '2026-12-01T12:00:00Z' });

/** The version, or the versions, that the caller has read: the write happens only if one of them is the current one. */
export const ExpectedVersion = z
  .union([z.int().min(0), z.array(z.int().min(0)).max(20)], {
    error: 'Is neither a version (a whole number from 0 on) nor a list of at most 20',
  })
  .optional()
  .meta({
    description: 'Refuse with STALE_VERSION unless this is the current version. Over REST: the If-Match header.',
  });
export type ExpectedVersion = z.infer<typeof ExpectedVersion>;
