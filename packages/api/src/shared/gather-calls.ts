import { setTimeout as sleep } from 'node:timers/promises';

interface Waiting<Question, Answer> {
  question: Question;
  resolve: (answer: Answer | PromiseLike<Answer>) => void;
  reject: (error: unknown) => void;
}

/** Asked at once at most: an answer stays short. */
const mostAtOnce = 500;
/** Between the calls of a crowd: thousands who come at once are few calls, and each of them waits for a hundredth more. */
const crowdPauseMs = 10;

/**
 * One call for many questions, answered in their order. Who asks while a call is going on waits for the next: no answer is
 * older than its question. A call that fails fails for those whom it was for.
 */
export function gatherCalls<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer | undefined> {
  let waiting: Waiting<Question, Answer | undefined>[] = [];
  let isAsking = false;

  async function askAll(): Promise<void> {
    isAsking = true;
    // Who asks in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const together = waiting.slice(0, mostAtOnce);
      waiting = waiting.slice(mostAtOnce);
      try {
        const answers = await ask(together.map(({ question }) => question));
        for (const [index, { resolve }] of together.entries()) resolve(answers[index]);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
      if (together.length > 1 && waiting.length < mostAtOnce) await sleep(crowdPauseMs);
    }
    isAsking = false;
  }

  return (question) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>();
    waiting.push({ question, resolve, reject });
    if (!isAsking) void askAll();
    return promise;
  };
}
