export interface Patience {
  askEveryMs: number;
  /** So many unanswered ones in a row, and it hangs. */
  questions: number;
}

/**
 * 33 s from the last answered question: ten more, 3 s apart, and 3 s for the answer to the last. Whose event loop stands
 * still for so long serves nobody, however busy the machine is.
 */
export const defaultPatience: Patience = { askEveryMs: 3_000, questions: 10 };

export interface HeartbeatOptions extends Patience {
  ask: () => void;
  /** Called once. */
  onSilence: () => void;
}

/**
 * Asks somebody again and again whether they are there. Questions are counted, not time: while this process, or the
 * machine, stands still none is asked, and what was answered meanwhile is heard before the next one.
 */
export function startHeartbeat({ askEveryMs, questions, ask, onSilence }: HeartbeatOptions) {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (unanswered === questions) {
      clearInterval(timer);
      onSilence();
      return;
    }
    unanswered++;
    ask();
  }, askEveryMs);
  return {
    heard: () => {
      unanswered = 0;
    },
    stop: () => clearInterval(timer),
  };
}
