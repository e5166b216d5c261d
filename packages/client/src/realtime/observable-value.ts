/** A value that tells when it changes. Made for React's `useSyncExternalStore(state.subscribe, () => state.value)`. */
export interface ObservableValue<Value> {
  readonly value: Value;
  /** Calls the listener after every change, until the returned function is called. */
  subscribe: (listener: (value: Value) => void) => () => void;
}

export interface MutableValue<Value> extends ObservableValue<Value> {
  set: (value: Value) => void;
}

export function observableValue<Value>(initial: Value): MutableValue<Value> {
  let value = initial;
  const listeners = new Set<(value: Value) => void>();
  return {
    get value() {
      return value;
    },
    set(next) {
      if (next === value) return;
      value = next;
      for (const listener of listeners) listener(next);
    },
    subscribe(listener) {
      // One entry per call, even for the same function.
      const entry = (next: Value) => listener(next);
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  };
}
