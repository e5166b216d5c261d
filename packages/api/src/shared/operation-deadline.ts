import { withDeadline } from '@taskmaster/database';

/** No answer waits longer for the database, whatever that does: the client hears 503 instead of nothing. */
export const operationDeadlineMs = 4_500;

/** For what runs outside of a procedure. Rejects with what is answered by 503; what it does later is ignored. */
export const inTime = <Result>(work: PromiseLike<Result>): Promise<Result> => withDeadline(work, operationDeadlineMs);
