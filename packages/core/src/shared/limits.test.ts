import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  AddMemberInput,
  AssignTaskInput,
  ChangePasswordInput,
  CreateCommentInput,
  CreateTaskInput,
  CreateTeamInput,
  ListTasksInput,
  LoginInput,
  PageQuery,
  RegisterInput,
  UpdateMeInput,
  UpdateTaskInput,
  UpdateUserInput,
} from '../contracts.ts';

const id = '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11';
/** One character, two UTF-16 units. */
const pile = '💩';
const letters = (count: number) => 'x'.repeat(count);
const account = { email: 'ann@example.com', username: 'ann', password: 'correct-horse' };
const task = { title: 'x' };
const member = { team_id: id };

type Case = [what: string, schema: z.ZodType, good: readonly unknown[], bad: readonly unknown[]];

const cases: Case[] = [
  [
    'a title has 1 to 200 characters, as a person counts them',
    CreateTaskInput,
    ['x', letters(200), pile.repeat(200), ' x '].map((title) => ({ title })),
    ['', ' ', '\n\t', letters(201), pile.repeat(201), 1, null, undefined].map((title) => ({ title })),
  ],
  [
    'a description has at most 20,000, and may be empty or null',
    CreateTaskInput,
    ['', null, undefined, letters(20_000), pile.repeat(20_000)].map((description) => ({ ...task, description })),
    [letters(20_001), 7].map((description) => ({ ...task, description })),
  ],
  [
    'there are at most 20 tags',
    CreateTaskInput,
    [[], Array.from({ length: 20 }, () => 'tag')].map((tags) => ({ ...task, tags })),
    [Array.from({ length: 21 }, () => 'tag'), 'tag', null].map((tags) => ({ ...task, tags })),
  ],
  [
    'a tag has 1 to 50 characters',
    CreateTaskInput,
    ['x', letters(50), pile.repeat(50)].map((tag) => ({ ...task, tags: [tag] })),
    ['', ' ', letters(51)].map((tag) => ({ ...task, tags: [tag] })),
  ],
  [
    'a status is one of five, a priority one of four',
    CreateTaskInput,
    [
      { ...task, status: 'in_review' },
      { ...task, priority: 'urgent' },
    ],
    [
      { ...task, status: 'open' },
      { ...task, status: null },
      { ...task, priority: 'Urgent' },
      { ...task, status: 'toString' },
    ],
  ],
  [
    'a due date is ISO 8601 with a zone, in the years that PostgreSQL and JavaScript share',
    CreateTaskInput,
    [
      null,
      '2026-12-01T12:00:00Z',
      '2026-12-01T12:00:00.123456+05:30',
      '0100-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
    ].map((due_date) => ({ ...task, due_date })),
    [
      '2026-12-01',
      '2026-12-01T12:00:00',
      '2026-02-30T12:00:00Z',
      '9999-12-31T23:59:59-01:00',
      '0099-12-31T23:59:59Z',
      'tomorrow',
      1_700_000_000,
      '+275760-09-13T00:00:00Z',
    ].map((due_date) => ({ ...task, due_date })),
  ],
  [
    'a text holds what PostgreSQL can hold',
    CreateTaskInput,
    ['a\u0001', '\ufffd', '\u202ea', '👩‍👩‍👧'].map((title) => ({ title })),
    ['a\u0000b', 'a\ud800b', '\udc00'].map((title) => ({ title })),
  ],
  [
    'an id is a UUID',
    AssignTaskInput,
    [
      { task_id: id, assigned_to_id: null },
      { task_id: id.toUpperCase(), assigned_to_id: id },
    ],
    [
      { task_id: id },
      { task_id: 'me', assigned_to_id: null },
      { task_id: `${id} `, assigned_to_id: null },
      { task_id: id, assigned_to_id: '' },
    ],
  ],
  [
    'a version is a whole number, or up to 20 of them',
    UpdateTaskInput,
    [undefined, 0, 7, [], [1, 2], Array.from({ length: 20 }, (_, i) => i)].map((expected_version) => ({
      task_id: id,
      expected_version,
    })),
    [-1, 1.5, '1', null, Array.from({ length: 21 }, (_, i) => i)].map((expected_version) => ({
      task_id: id,
      expected_version,
    })),
  ],
  [
    'a page is from 1 on, its size from 1 to 100',
    PageQuery,
    [{}, { page: 1, size: 1 }, { size: 100 }, { page: 1_000_000 }],
    [{ page: 0 }, { page: -1 }, { page: 1.5 }, { size: 0 }, { size: 101 }, { page: 1_000_001 }, { page: '1' }],
  ],
  [
    'a filter repeats at least once, a search has at most 200 characters, a sort is a known one',
    ListTasksInput,
    [
      { status: ['todo', 'done'] },
      { search: letters(200) },
      { search: '' },
      { sort: '-due_date' },
      { tag: letters(50) },
    ],
    [
      { status: [] },
      { status: 'todo' },
      { priority: ['none'] },
      { search: letters(201) },
      { sort: 'id' },
      { sort: '--title' },
      { sort: 'constructor' },
      { tag: '' },
      { is_archived: 'true' },
    ],
  ],
  [
    'a team has a name of 1 to 100 characters, and a description of at most 5,000',
    CreateTeamInput,
    [{ name: letters(100) }, { name: pile.repeat(100) }, { name: 'x', description: letters(5_000) }],
    [{ name: '' }, { name: ' ' }, { name: letters(101) }, { name: 'x', description: letters(5_001) }],
  ],
  [
    'a new member has exactly one name',
    AddMemberInput,
    [
      { ...member, user_id: id },
      { ...member, email: 'ann@example.com' },
      { ...member, username: 'ann', role: 'manager' },
    ],
    [
      member,
      { ...member, user_id: id, email: 'ann@example.com' },
      { ...member, user_id: id, username: 'ann' },
      { ...member, user_id: id, role: 'owner' },
    ],
  ],
  [
    'a comment has 1 to 10,000 characters',
    CreateCommentInput,
    ['x', letters(10_000), pile.repeat(10_000)].map((content) => ({ task_id: id, content })),
    ['', ' \n', letters(10_001)].map((content) => ({ task_id: id, content })),
  ],
  [
    'a new password has 8 to 128 characters in NFC',
    RegisterInput,
    ['12345678', letters(128), 'u\u0308'.repeat(128), pile.repeat(8), pile.repeat(128)].map((password) => ({
      ...account,
      password,
    })),
    ['1234567', letters(129), 'u\u0308'.repeat(7), 'u\u0308'.repeat(129), `1234567\u0000`, '        '].map(
      (password) => ({
        ...account,
        password,
      }),
    ),
  ],
  [
    'a username has 3 to 50 letters and digits, and none that could be an address',
    RegisterInput,
    ['ann', 'Ann.B-c_3', '007', letters(50)].map((username) => ({ ...account, username })),
    ['an', letters(51), 'ann@b', '.ann', 'änn', 'a b', 'ann\n', ''].map((username) => ({ ...account, username })),
  ],
  [
    'an address has at most 254 characters',
    RegisterInput,
    ['a@b.co', `${letters(60)}@${letters(60)}.example.com`].map((email) => ({ ...account, email })),
    ['ann', 'ann@', '@example.com', 'a@b@c.de', 'ann@example', `ann@${`${letters(60)}.`.repeat(5)}com`].map(
      (email) => ({
        ...account,
        email,
      }),
    ),
  ],
  [
    'a full name has at most 200 characters',
    UpdateMeInput,
    [{}, { full_name: null }, { full_name: '' }, { full_name: pile.repeat(200) }],
    [{ full_name: letters(201) }, { full_name: 'a\u0000' }],
  ],
  [
    'what is typed at a login is bounded, and nothing else',
    LoginInput,
    [
      { email: '', password: '' },
      { email: 'not an address', password: 'x' },
      { email: 'a', password: letters(1024) },
    ],
    [{ email: letters(255), password: 'x' }, { email: 'a', password: letters(1025) }, { email: 'a' }],
  ],
];

describe('the limits, on both sides', () => {
  test.each(cases)('%s', (_, schema, good, bad) => {
    const refusedOf = (values: readonly unknown[]) => values.filter((value) => !schema.safeParse(value).success);
    expect(refusedOf(good)).toEqual([]);
    expect(refusedOf(bad)).toEqual(bad);
  });
});

test.each([
  [CreateTaskInput, { ...task, version: 1 }],
  [CreateTaskInput, { ...task, created_by_id: id }],
  [CreateTaskInput, { ...task, is_archived: true }],
  [UpdateTaskInput, { task_id: id, created_by_id: id }],
  [RegisterInput, { ...account, role: 'admin' }],
  [RegisterInput, { ...account, is_active: true }],
  [UpdateMeInput, { role: 'admin' }],
  [UpdateMeInput, { password: 'correct-horse' }],
  [UpdateUserInput, { user_id: id, email: 'ann@example.com' }],
  [ChangePasswordInput, { current_password: 'x', new_password: 'correct-horse', user_id: id }],
  [PageQuery, { limit: 1 }],
  [CreateTeamInput, { name: 'x', owner_id: id }],
] as const)('an unknown key is refused: %#', (schema, value) => {
  const result = schema.safeParse(value);
  expect(result.error?.issues.map(({ code }) => code)).toEqual(['unrecognized_keys']);
});

test('a new password leaves the contract in NFC', () => {
  const { password } = RegisterInput.parse({ ...account, password: 'u\u0308'.repeat(8) });
  expect(password).toBe('ü'.repeat(8));
});

const textFields: [what: string, schema: z.ZodType, of: (text: string) => unknown][] = [
  ['a title', CreateTaskInput, (title) => ({ title })],
  ['a title that changes', UpdateTaskInput, (title) => ({ task_id: id, title })],
  ['a tag', CreateTaskInput, (tag) => ({ ...task, tags: [tag] })],
  ['the name of a team', CreateTeamInput, (name) => ({ name })],
  ['a comment', CreateCommentInput, (content) => ({ task_id: id, content })],
  ['a new password', RegisterInput, (text) => ({ ...account, password: text.repeat(8) })],
];
const spaces = '\t \u0007\u0085\u00a0\u2003\u2028\u3000';
const unseen = '\u00ad\u034f\u061c\u115f\u180e\u200b\u200d\u200e\u2060\u2800\u3164\ufe0f\ufeff\uffa0\u{1d173}\u{e0041}';
const invisible = [...Array.from(spaces + unseen), ' \u200b\ufeff '];
const visible = ['x', '.', '\u200bx', '\u3164\uac00', '👩\u200d💻', '❤\ufe0f', '٠', '\u0600', '\ufffd'];

test.each(textFields)('%s is no text where nothing of it can be seen, with one error', (_, schema, of) => {
  const errorsOf = (text: string) => schema.safeParse(of(text)).error?.issues.map(({ message }) => message);
  for (const text of invisible) expect([text, errorsOf(text)]).toEqual([text, ['Is blank']]);
  for (const text of visible) expect([text, errorsOf(text)]).toEqual([text, undefined]);
});

test.each([
  ['username', ['', ' ', '\u200b', 'ä', `-${letters(50)}`]],
  ['email', ['', ' ', letters(255)]],
])('a bad %s has one error', (field, bad) => {
  const errorsOf = (value: string) => RegisterInput.safeParse({ ...account, [field]: value }).error?.issues.length;
  expect(bad.map(errorsOf)).toEqual(bad.map(() => 1));
});

test.each(['', ' ', '   ', ' '.repeat(201), 'x'.repeat(201), 'a\u0000'.repeat(200)])(
  'a title that is wrong in more ways than one has one error: %j',
  (title) => {
    expect(CreateTaskInput.safeParse({ title }).error?.issues.map(({ path }) => path)).toEqual([['title']]);
  },
);

test('a text is kept, and measured, in its composed form', () => {
  const decomposed = 'e\u0301'.repeat(200);
  expect(CreateTaskInput.parse({ title: decomposed, tags: ['cafe\u0301'] })).toMatchObject({
    title: '\u00e9'.repeat(200),
    tags: ['caf\u00e9'],
  });
});
