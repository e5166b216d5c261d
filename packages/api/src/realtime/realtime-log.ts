/** The part of pino that is used here. Never given a token, a payload or the text of a database error. */
export interface RealtimeLog {
  info: (details: object, message: string) => void;
  warn: (details: object, message: string) => void;
}
