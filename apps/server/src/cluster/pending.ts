/** Questions to another process by number. One that gets no answer in time gets `fallback`. */
export function createPending<Answer>(timeoutMs: number, fallback: Answer) {
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  return {
    ask: (send: (id: number) => void) =>
      new Promise<Answer>((resolve) => {
        const id = ++lastId;
        const settle = (answer: Answer) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(answer);
        };
        const timer = setTimeout(() => settle(fallback), timeoutMs);
        waiting.set(id, settle);
        send(id);
      }),
    answer: (id: number, answer: Answer) => waiting.get(id)?.(answer),
  };
}
