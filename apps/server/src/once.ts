/** However often it is called, it acts once, and everybody gets what came of that. */
export function once<Result>(action: () => Result): () => Result {
  let done: { result: Result } | undefined;
  return () => (done ??= { result: action() }).result;
}
