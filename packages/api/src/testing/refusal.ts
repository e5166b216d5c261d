import type { ErrorCode, FieldError } from '@taskmaster/core/errors';
import { toFailure } from '../errors/failure.ts';

export type Outcome = 'OK' | ErrorCode;

/** 'OK', or the code that a client would read. A fault of ours is thrown as it is: no test means it. */
export async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  return (await attempt(work)).outcome;
}

/** The codes of calls that race, sorted: who wins is not what such a test is about. */
export async function outcomesOf(works: readonly Promise<unknown>[]): Promise<Outcome[]> {
  return (await Promise.all(works.map(outcomeOf))).toSorted();
}

/** What a refused call rejects with. */
export const refusal = (code: ErrorCode) => ({ name: 'AppError', code });

export const countOf = (outcomes: readonly Outcome[], wanted: Outcome): number =>
  outcomes.filter((outcome) => outcome === wanted).length;

/** Which fields of the input are refused, and why. Undefined where it is not refused as input. */
export async function refusedFields(work: Promise<unknown>): Promise<string[] | undefined> {
  const { errors } = await attempt(work);
  return errors?.map(({ path, code }) => `${path}: ${code}`);
}

interface Attempt {
  outcome: Outcome;
  errors?: readonly FieldError[] | undefined;
}

export async function attempt(work: Promise<unknown>): Promise<Attempt> {
  try {
    await work;
  } catch (error) {
    const { code, errors, unexpected } = toFailure(error);
    if (unexpected) throw error;
    return { outcome: code, errors };
  }
  return { outcome: 'OK' };
}
