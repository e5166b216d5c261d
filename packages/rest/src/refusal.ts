import { TRPCError } from '@trpc/server';
import { z } from 'zod';

const empty = z.strictObject({});

/**
 * Refuses keys in the very words a strict schema has for unknown ones, so that the host maps both alike: a TRPCError
 * BAD_REQUEST whose cause is a ZodError.
 * @throws TRPCError unless `keys` is empty.
 */
export function refuseKeys(keys: readonly string[]): void {
  if (keys.length > 0) refuseInput(Object.fromEntries(keys.map((key) => [key, null])));
}

/**
 * Refuses whatever is not an empty object.
 * @throws TRPCError as a strict schema without keys does.
 */
export function refuseInput(input: unknown): void {
  try {
    empty.parse(input);
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', cause });
  }
}
