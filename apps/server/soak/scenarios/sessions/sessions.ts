import { times } from '@taskmaster/api/testing';
import { TokenPair } from '@taskmaster/core/contracts';
import { must } from '../../system/api.ts';
import { login, logout, password, refresh, register } from '../../load/sessions.ts';
import { floodLogins, timeRefusals } from './logins.ts';
import { createPeople } from '../../system/people.ts';
import type { Measure, Progress } from '../../scenario.ts';
import { defineScenario } from '../../scenario.ts';
import { countLiving, endWindow, giveRefreshTokens, rotate } from './refresh-tokens.ts';
import type { System } from '../../system/system.ts';
import { crashesOf, startSystem } from '../../system/system.ts';
import { presentBrokenTokens } from './broken-tokens.ts';

/** Two processes that a scenario goes to by turns. */
function urlsOf({ servers }: System): (turn: number) => string {
  return (turn) => {
    const server = servers[turn % servers.length];
    if (!server) throw new Error('a system has at least one process');
    return server.url;
  };
}

/** Many refreshes of one token at once: one new generation, which lives. */
async function raceRefreshes(system: System, rounds: number, parallel: number): Promise<Measure[]> {
  const url = urlsOf(system);
  const people = await createPeople(system, rounds);
  const tokens = await giveRefreshTokens(system.sql, people);
  const bad = { refused: 0, successors: 0, generations: 0, lockedOut: 0 };
  for (const [round, token] of tokens.entries()) {
    const answers = await Promise.all(times(parallel, (i) => refresh(url(i), token)));
    bad.refused += answers.filter(({ status }) => status !== 200).length;
    const successors = new Set(answers.flatMap(({ body }) => TokenPair.safeParse(body).data?.refresh_token ?? []));
    if (successors.size !== 1) bad.successors++;
    const [row] = await system.sql<{ count: number }[]>`
      select count(*)::int from refresh_tokens where session_id = ${people[round]?.session_id ?? ''}`;
    if (row?.count !== 2) bad.generations++;
    if ((await refresh(url(round), [...successors][0] ?? '')).status !== 200) bad.lockedOut++;
  }
  return [
    { name: `${parallel} refreshes of one token at once, rounds`, value: rounds },
    { name: 'refreshes refused', value: bad.refused, atMost: 0 },
    { name: 'rounds with more than one successor', value: bad.successors + bad.generations, atMost: 0 },
    { name: 'rounds after which somebody was locked out', value: bad.lockedOut, atMost: 0 },
  ];
}

/** A reuse is found, then the child of the token is presented inside its window: spent or not, it is refused. */
async function presentChildren(system: System, count: number): Promise<Measure[]> {
  const url = urlsOf(system);
  const tokens = await giveRefreshTokens(system.sql, await createPeople(system, count));
  let [found, refused] = [0, 0];
  for (const [i, token] of tokens.entries()) {
    const child = await rotate(url(i), token);
    if (i % 2) await rotate(url(i), child.refresh_token);
    await endWindow(system.sql, token);
    if ((await refresh(url(i), token)).status === 401) found++;
    if ((await refresh(url(i + 1), child.refresh_token)).status === 401) refused++;
  }
  return [
    { name: 'reuses refused', value: found, atLeast: count },
    { name: 'children refused after a reuse', value: refused, atLeast: count },
  ];
}

/** A user with a family of this many generations, made and used through the surface. */
async function growTree(system: System, name: string, generations: number) {
  const url = urlsOf(system);
  const { id, email } = await register(url(0), name);
  const logIn = async () => TokenPair.parse((await login(url(0), email)).body);
  const pairs = [await logIn()];
  while (pairs.length < generations) pairs.push(await rotate(url(pairs.length), pairs.at(-1)?.refresh_token ?? ''));
  return { id, pairs, logIn };
}

type Tree = Awaited<ReturnType<typeof growTree>>;
type Ending = (system: System, url: string, tree: Tree) => Promise<unknown>;

const endings: Readonly<Record<string, Ending>> = {
  reuse: async ({ sql }, url, { pairs }) => {
    const [first] = pairs;
    await endWindow(sql, first?.refresh_token ?? '');
    return refresh(url, first?.refresh_token ?? '');
  },
  logout: (_, url, { pairs }) => logout(url, pairs.at(-1)?.refresh_token ?? ''),
  'logout-all': (_, url, { pairs }) =>
    must(url, { token: pairs.at(-1)?.access_token ?? '' }, 'POST', '/auth/logout-all'),
  // From another session: the one that changes it stays.
  'password change': async (_, url, { logIn }) => {
    const { access_token: token } = await logIn();
    return must(url, { token }, 'PUT', '/users/me/password', {
      current_password: password,
      new_password: 'another-horse-battery',
    });
  },
  'an admin revokes': async (system, url, { id }) => {
    const [admin] = await createPeople(system, 1);
    if (!admin) throw new Error('nobody was made');
    await system.sql`update users set role = 'admin' where id = ${admin.id}`;
    return must(url, admin, 'DELETE', `/users/${id}`);
  },
};

async function fellTrees(system: System, trees: number, generations: number, progress: Progress): Promise<Measure[]> {
  const url = urlsOf(system);
  const measures: Measure[] = [];
  for (const [name, end] of Object.entries(endings)) {
    let living = 0;
    for (let i = 0; i < trees; i++) {
      const tree = await growTree(system, `${name.replaceAll(/\W/g, '')}-${i}`, generations);
      await end(system, url(i), tree);
      living += await countLiving(url(i + 1), tree.pairs);
    }
    measures.push({ name: `${trees} × ${2 * generations} tokens after ${name}, alive`, value: living, atMost: 0 });
    progress(`trees: ${name}`);
  }
  return measures;
}

/** A logout among refreshes: whatever was given out is dead when all have been answered. */
async function raceLogouts(system: System, count: number): Promise<Measure[]> {
  const url = urlsOf(system);
  const tokens = await giveRefreshTokens(system.sql, await createPeople(system, count));
  let [living, failed] = [0, 0];
  for (const [i, token] of tokens.entries()) {
    const [ended, ...answers] = await Promise.all([
      logout(url(i), token),
      ...times(3, (turn) => refresh(url(i + turn), token)),
    ]);
    if (ended.status !== 204) failed++;
    const pairs = answers.map(({ body }) => TokenPair.safeParse(body).data).filter((pair) => pair !== undefined);
    living += await countLiving(url(i + 1), pairs);
    if ((await refresh(url(i), token)).status !== 401) living++;
  }
  return [
    { name: 'logouts that raced three refreshes', value: count },
    { name: 'logouts that failed', value: failed, atMost: 0 },
    { name: 'tokens alive afterwards', value: living, atMost: 0 },
  ];
}

export const scenario = defineScenario({
  about:
    'Logins by the clock, broken tokens, then refreshes, reuse, logouts and revocations against each other, on two processes: no token outlives its session.',
  defaults: {
    samples: 300,
    flood: 200,
    floods: 5,
    tries: 6,
    rounds: 200,
    parallel: 20,
    children: 1_000,
    trees: 10,
    generations: 15,
    logouts: 1_000,
  },
  async run(options, progress) {
    const { samples, flood, floods, tries, rounds, parallel, children, trees, generations, logouts } = options;
    await using system = await startSystem({ processes: 2 });
    progress('two processes are ready');
    const measures = await timeRefusals(system, samples);
    progress('refused logins timed');
    measures.push(...(await floodLogins(system, flood, floods)));
    progress('flooded with logins');
    measures.push(...(await presentBrokenTokens(system, tries)));
    progress('broken tokens presented');
    measures.push(...(await raceRefreshes(system, rounds, parallel)));
    progress('refreshes raced');
    measures.push(...(await presentChildren(system, children)));
    progress('children presented');
    measures.push(...(await fellTrees(system, trees, generations, progress)));
    measures.push(...(await raceLogouts(system, logouts)));
    return [...measures, { name: 'processes that crashed', value: crashesOf(system), atMost: 0 }];
  },
});
