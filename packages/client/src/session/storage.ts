import { isRecord } from '../errors/read-refusal.ts';
import type { Tokens } from './tokens.ts';

type MaybePromise<Value> = Value | Promise<Value>;

/** Where tokens live between two starts. It may be shared by several clients, such as the tabs of a browser. */
export interface TokenStorage {
  load: () => MaybePromise<Tokens | undefined>;
  /** `undefined` removes them. */
  save: (tokens: Tokens | undefined) => MaybePromise<void>;
}

/** The default: a reload of the page asks for the password again. */
export function memoryStorage(): TokenStorage {
  let kept: Tokens | undefined;
  return {
    load: () => kept,
    save(tokens) {
      kept = tokens;
    },
  };
}

/**
 * Tokens in `localStorage` or `sessionStorage`, shared by all tabs. Any script of the page can read them: keep to the
 * default where you show content that you do not trust.
 */
export function webStorage(
  area: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  key = 'taskmaster',
): TokenStorage {
  return {
    load: () => parseTokens(area.getItem(key)),
    save(tokens) {
      if (tokens) area.setItem(key, JSON.stringify(tokens));
      else area.removeItem(key);
    },
  };
}

/** What somebody else wrote under the key counts as nothing. */
function parseTokens(text: string | null): Tokens | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (!isRecord(value)) return undefined;
    const { access_token, refresh_token, expires_at } = value;
    if (typeof access_token !== 'string' || typeof refresh_token !== 'string') return undefined;
    return { access_token, refresh_token, ...(typeof expires_at === 'number' && { expires_at }) };
  } catch {
    return undefined;
  }
}
