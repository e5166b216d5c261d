/**
 * How processes tell each other that something was committed. A wake-up carries nothing: whoever hears it reads the
 * database. One that is lost costs the time until the next poll, never an event.
 */
export interface Bus {
  /** Tells all, this process included, to look. Rejects when it could not be sent. */
  publish: () => Promise<void>;
  /** Calls `onWake` once it listens, on every wake-up, and after a loss of the connection, when some may have been missed. */
  subscribe: (onWake: () => void) => void;
  close: () => Promise<void>;
}
