import { multipart } from './factories.ts';
import type { Asking } from './http-client.ts';
import type { IdSlot } from './id-slots.ts';
import { idSlotsOf } from './id-slots.ts';
import type { Operation } from './operations.ts';
import { fill, jsonBodyOf } from './operations.ts';

/** Ids by the name under which operations take them. */
export type Ids = Readonly<Record<string, string>>;

/**
 * The example of an operation as a request: with these ids in its path and, where its example has one, in its body. `more`
 * are slots that the example leaves out.
 */
export function requestOf(operation: Operation, ids: Ids, more: readonly IdSlot[] = []): { path: string } & Asking {
  const slots = idSlotsOf(operation);
  const query = new URLSearchParams();
  for (const { place, name } of more) if (place === 'query') query.set(name, idOf(ids, name));
  const path = fill(operation.path, ids) + (query.size > 0 ? `?${query.toString()}` : '');
  if (operation.requestBody?.content['multipart/form-data']) return { path, ...multipart('a.txt', 'some bytes') };
  const media = jsonBodyOf(operation);
  if (!media) return { path };
  const example = { ...Object(media.example) };
  const inBody = slots.filter(({ place, name }) => place === 'body' && name in example);
  for (const { name } of [...inBody, ...more.filter(({ place }) => place === 'body')]) example[name] = idOf(ids, name);
  return { path, body: example };
}

function idOf(ids: Ids, name: string): string {
  const id = ids[name];
  if (id === undefined) throw new Error(`${name} is the name of no thing that the tests know how to make`);
  return id;
}
