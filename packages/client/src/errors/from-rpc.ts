import { TRPCClientError } from '@trpc/client';
import { isRecord, readRefusal, retryAfter } from './read-refusal.ts';
import { TaskmasterError } from './taskmaster-error.ts';

/** Any error of tRPC's client as ours. What is not one (an abort's reason) stays what it is. */
export function fromRpc(error: unknown): unknown {
  if (!(error instanceof TRPCClientError)) return error;
  const data: unknown = error.data;
  if (isRecord(data)) return fromAnswer(error, data);
  const { cause } = error;
  if (cause instanceof TaskmasterError) return cause;
  const response = responseOf(error);
  // An answer that breaks off, or comes too late, has no response here, nor has a socket that closes.
  if (response === undefined && !(cause instanceof SyntaxError)) {
    return new TaskmasterError('NETWORK', 'No answer came, or not all of it', { cause: error });
  }
  return new TaskmasterError('PROTOCOL', 'The answer cannot be read', { status: response?.status ?? 0, cause: error });
}

function fromAnswer(error: TRPCClientError<never>, data: Record<string, unknown>): TaskmasterError {
  const response = responseOf(error);
  return readRefusal(data['error'], error.message, {
    status: typeof data['httpStatus'] === 'number' ? data['httpStatus'] : 0,
    ...(response && retryAfter(response.headers)),
    cause: error,
  });
}

function responseOf({ meta }: TRPCClientError<never>): Response | undefined {
  const response: unknown = isRecord(meta) ? meta['response'] : undefined;
  return response instanceof Response ? response : undefined;
}
