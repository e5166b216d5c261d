/** Never two at a time: the next one is due some time after the last one has ended. `work` must not reject. */
export function repeat(work: () => Promise<void>, firstAfterMs: number, everyMs: number): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isStopped = false;
  const run = () => {
    running = work().then(() => {
      if (!isStopped) schedule(everyMs);
    });
  };
  let timer: NodeJS.Timeout | undefined;
  const schedule = (afterMs: number) => {
    timer = setTimeout(run, afterMs).unref();
  };
  schedule(firstAfterMs);
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await running;
  };
}
