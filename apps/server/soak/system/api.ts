import { z } from 'zod';
import type { Person } from './people.ts';

export interface Answer {
  status: number;
  body: unknown;
}

export const Created = z.object({ id: z.string() });
export const Versioned = z.object({ id: z.string(), version: z.number() });

/** Beyond this a request counts as one that hangs for good. */
const patienceMs = 30_000;

/** How long clients waited, answered or not, since `takeSlowestMs` was asked last. */
const waits = { slowestMs: 0 };

export function takeSlowestMs(): number {
  const { slowestMs } = waits;
  waits.slowestMs = 0;
  return slowestMs;
}

/** A request to the REST surface; a `FormData` body is an upload. Rejects where there was no answer, or not all of it. */
export async function call(
  url: string,
  { token }: Pick<Person, 'token'>,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const isForm = body instanceof FormData;
  const before = performance.now();
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } finally {
    waits.slowestMs = Math.max(waits.slowestMs, performance.now() - before);
  }
}

/** The same, for what prepares a scenario: anything but success ends it. */
export async function must(...args: Parameters<typeof call>): Promise<unknown> {
  const { status, body } = await call(...args);
  if (status >= 300) throw new Error(`${args[2]} ${args[3]}: ${status} ${JSON.stringify(body)}`);
  return body;
}
