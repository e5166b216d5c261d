import type { IncomingMessage } from 'node:http';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { announcesBody } from './body.ts';
import { parseQuery } from './query.ts';

const empty = z.strictObject({});
const noBody = z.never({ error: 'This operation takes no body' });

export const methodsWithBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

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

/**
 * Refuses whatever stands in a query, where none is taken.
 * @throws TRPCError as `refuseKeys` does; RestFault `malformed_path`.
 */
export function refuseQuery(query: string): void {
  if (query !== '') refuseKeys(Object.keys(parseQuery(query, new Map())));
}

/**
 * Refuses a body where none is taken (GET, HEAD, DELETE): it would be input that is ignored. It is not read for that.
 * @throws TRPCError BAD_REQUEST whose cause is a ZodError.
 */
export function refuseBody(req: IncomingMessage): void {
  if (!announcesBody(req)) return;
  try {
    noBody.parse('a body');
  } catch (cause) {
    throw new TRPCError({ code: 'BAD_REQUEST', cause });
  }
}
