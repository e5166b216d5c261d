import { beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../testing/people.ts';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
let ann: Person;

const titlesOf = (page: { items: { title: string }[] }) => page.items.map(({ title }) => title);
const search = async (text: string) => titlesOf(await ann.api.tasks.list({ search: text, size: 100 }));

beforeAll(async () => {
  const { person, team, task } = world();
  ann = await person();
  const bob = await person();
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  await task({ by: ann, title: 'Deploy the billing service', description: 'before the login page' });
  await task({ by: ann, title: 'Login page', team_id });
  await task({ by: bob, title: 'login', description: 'of others' });
  await task({ by: bob, title: 'Fix src/auth/login-form.ts', team_id, assigned_to_id: ann.id });
  await task({ by: ann, title: 'Ärger über naïve façade', description: 'mailto:ann@example.com, v2.0.1' });
});

test('finds every word or its beginning, in title and description, in any case, and only what one may see', async () => {
  expect((await search('login')).toSorted()).toEqual([
    'Deploy the billing service',
    'Fix src/auth/login-form.ts',
    'Login page',
  ]);
  expect(await search('BILL serv')).toEqual(['Deploy the billing service']);
  expect(await search('billing page')).toEqual(['Deploy the billing service']);
  expect(await search('illing')).toEqual([]);
});

test('is in the order of every list: the newest first, or as sort says', async () => {
  const titles = await search('login');
  const all = titlesOf(await ann.api.tasks.list({}));
  expect(titles).toEqual(all.filter((title) => titles.includes(title)));
  const sorted = await ann.api.tasks.list({ search: 'login', sort: 'title' });
  expect(titlesOf(sorted)).toEqual(titlesOf(sorted).toSorted());
});

test.each([
  ['auth/login', 'Fix src/auth/login-form.ts'],
  ['login-form', 'Fix src/auth/login-form.ts'],
  ['ann@example.com', 'Ärger über naïve façade'],
  ['v2.0.1', 'Ärger über naïve façade'],
  ['ärger', 'Ärger über naïve façade'],
  ['FAÇ', 'Ärger über naïve façade'],
])('%s finds its task', async (text, title) => {
  expect(await search(text)).toContain(title);
});

describe('is safe on any input', () => {
  test.each([
    "'; drop table tasks; --",
    'a & | ! ( ) <-> :*',
    '((((',
    "'",
    "''''",
    '\\',
    "\\\\'",
    ':*',
    '!login',
    'login:*A',
    '%',
    '_',
    '   ',
    '\t\n',
    '👩‍👩‍👧',
    'ﷺ',
    '\u200b',
    '\u{10ffff}',
    'a'.repeat(200),
    "<'a b'>",
    '$1',
    '<->',
    'login <-> page',
  ])('%j', async (text) => {
    expect(await outcomeOf(ann.api.tasks.list({ search: text }))).toBe('OK');
    expect(await outcomeOf(ann.api.tasks.list({ search: text, sort: 'due_date', page: 3 }))).toBe('OK');
  });

  test('what holds no word finds nothing; an empty search is none', async () => {
    expect(await search('!!! --- ???')).toEqual([]);
    expect(await search('')).toHaveLength(4);
  });
});

test('pages of a search hold every hit once', async () => {
  const whole = await search('login');
  const pieces: string[] = [];
  for (let page = 1; page <= 3; page++) {
    pieces.push(...titlesOf(await ann.api.tasks.list({ search: 'login', size: 1, page })));
  }
  expect(pieces).toEqual(whole);
});

test('finds a word however its accents are written, in the title, the description and the tags', async () => {
  const ann = await world().person();
  const { id } = await world().task({
    by: ann,
    title: 'Cafe\u0301 open',
    description: 'na\u00efve',
    tags: ['re\u0301gion'],
  });
  const ids = async (query: object) => (await ann.api.tasks.list(query)).items.map((task) => task.id);
  for (const search of ['caf\u00e9', 'cafe\u0301', 'nai\u0308ve', 'na\u00efve'])
    expect(await ids({ search })).toEqual([id]);
  expect(await ids({ tag: 'r\u00e9gion' })).toEqual([id]);
});
