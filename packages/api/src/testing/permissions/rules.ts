import { admin, everybody } from './actor-groups.ts';
import type { Input, Rules } from './model.ts';

/** What an input has beside its ids. */
export type More = Record<string, unknown> | Input;

export const withMore =
  (ids: Input, more: More): Input =>
  (fixture, asker) => ({ ...ids(fixture, asker), ...(typeof more === 'function' ? more(fixture, asker) : more) });

export const forEverybody = (input: Input = () => ({})): Rules => ({ own: { input, may: everybody } });

export const forAdmins = (input: Input = () => ({})): Rules => ({
  own: { input, may: admin, otherwise: 'ADMIN_ONLY' },
});
