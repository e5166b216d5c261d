import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../../../', import.meta.url);
const page = readFileSync(new URL('packages/core/docs/security.md', root), 'utf8');

/** How the page shortens paths, as it says itself. */
const folders = new Map([
  ['api', 'packages/api/src'],
  ['client', 'packages/client/src'],
  ['core', 'packages/core/src'],
  ['database', 'packages/database/src'],
  ['rest', 'packages/rest/src'],
  ['server', 'apps/server/src'],
  ['soak', 'apps/server/soak'],
]);

/** The sections of ASVS 5.0.0 and how many requirements of levels 1 and 2 each begins with. V10 and V17 do not apply. */
const sections = {
  '1.1': 2,
  '1.2': 9,
  '1.3': 11,
  '1.4': 3,
  '1.5': 2,
  '2.1': 3,
  '2.2': 3,
  '2.3': 4,
  '2.4': 1,
  '3.2': 2,
  '3.3': 4,
  '3.4': 6,
  '3.5': 5,
  '3.7': 2,
  '4.1': 3,
  '4.2': 1,
  '4.3': 2,
  '4.4': 4,
  '5.1': 1,
  '5.2': 3,
  '5.3': 2,
  '5.4': 3,
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
  '8.1': 2,
  '8.2': 3,
  '8.3': 1,
  '8.4': 1,
  '9.1': 3,
  '9.2': 4,
  '11.1': 2,
  '11.2': 3,
  '11.3': 3,
  '11.4': 4,
  '11.5': 1,
  '11.6': 1,
  '12.1': 3,
  '12.2': 2,
  '12.3': 4,
  '13.1': 1,
  '13.2': 5,
  '13.3': 2,
  '13.4': 5,
  '14.1': 2,
  '14.2': 4,
  '14.3': 3,
  '15.1': 3,
  '15.2': 3,
  '15.3': 7,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 3,
};

const requirements = Object.entries(sections).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, i) => `${section}.${i + 1}`),
);

const named = [...page.matchAll(/`(api|client|core|database|rest|server|soak)\/([\w./-]+)`/g)];

test('every test that the page on security names is there', () => {
  const missing = named
    .map(([, start = '', rest]) => `${folders.get(start)}/${rest}`)
    .filter((path) => !existsSync(new URL(path, root)));
  expect(named.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test('it answers every requirement of ASVS 5.0 levels 1 and 2 in the chapters that apply', () => {
  const answered = new Set(
    [...page.matchAll(/\b\d{1,2}\.\d{1,2}(?:\.\d{1,2})?(?:–\d{1,2}\.\d{1,2}\.\d{1,2})?/g)].flatMap(([range]) =>
      spread(range),
    ),
  );
  const missing = requirements.filter((id) => !answered.has(id) && !answered.has(id.replace(/\.\d+$/, '')));
  expect(missing).toEqual([]);
});

/** `2.1.1–2.1.3` is three requirements. */
function spread(range: string): string[] {
  const [first = '', last] = range.split('–');
  if (last === undefined) return [first];
  const section = first.replace(/\.\d+$/, '');
  const [from, to] = [first, last].map((id) => Number(id.split('.').at(-1)));
  return Array.from({ length: (to ?? 0) - (from ?? 0) + 1 }, (_, i) => `${section}.${(from ?? 0) + i}`);
}
