import { z } from 'zod';
import type { Person } from './people.ts';

export interface Answer {
  status: number;
  body: unknown;
}

export const Created = z.object({ id: z.string() });
export const Versioned = z.object({ id: z.string(), version: z.number() });

/** Beyond this a request counts as a hang. */
const patienceMs = 30_000;

/** A request to the REST surface. Rejects where there was no answer, or not all of it. */
export async function call(
  url: string,
  { token }: Pick<Person, 'token'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    signal: AbortSignal.timeout(patienceMs),
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** The same, for what prepares a scenario: anything but success ends it. */
export async function must(...args: Parameters<typeof call>): Promise<unknown> {
  const { status, body } = await call(...args);
  if (status >= 300) throw new Error(`${args[2]} ${args[3]}: ${status} ${JSON.stringify(body)}`);
  return body;
}
