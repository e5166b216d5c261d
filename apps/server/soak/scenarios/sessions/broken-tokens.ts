import { brokenTokens } from '@taskmaster/api/testing';
import { call } from '../../system/api.ts';
import { createPeople } from '../../system/people.ts';
import { quantile } from '../../measures/quantile.ts';
import type { Measure } from '../../scenario.ts';
import { giveRefreshTokens, rotate } from './refresh-tokens.ts';
import { secretKey } from '../../system/system.ts';
import type { System } from '../../system/system.ts';

/** Node reads no longer headers: it was the way to take a server's memory (CVE-2018-12121), and is a 431. */
const longestHeaders = 16_384;

/** How each broken token is answered on each process, and how soon. */
export async function presentBrokenTokens(system: System, tries: number): Promise<Measure[]> {
  const [first] = await giveRefreshTokens(system.sql, await createPeople(system, 1));
  const pair = await rotate(system.servers[0]?.url ?? '', first ?? '');
  const broken = brokenTokens({ secretKey, token: pair.access_token, refreshToken: pair.refresh_token });
  const answers = { unauthenticated: 0, tooLarge: 0, strange: 0 };
  let slowest = 0;
  for (const token of Object.values(broken)) {
    const expected = token.length < longestHeaders ? 401 : 431;
    const times: number[] = [];
    let isStrange = false;
    for (let i = 0; i < tries; i++) {
      const before = performance.now();
      const { status } = await call(
        system.servers[i % system.servers.length]?.url ?? '',
        { token },
        'GET',
        '/users/me',
      );
      times.push(performance.now() - before);
      isStrange ||= status !== expected;
    }
    answers[isStrange ? 'strange' : expected === 401 ? 'unauthenticated' : 'tooLarge']++;
    slowest = Math.max(slowest, quantile(times, 0.5));
  }
  const good = await call(system.servers[0]?.url ?? '', { token: pair.access_token }, 'GET', '/users/me');
  return [
    { name: 'broken tokens answered with 401', value: answers.unauthenticated, atLeast: 60 },
    { name: 'longer than headers may be, answered with 431', value: answers.tooLarge, atLeast: 1 },
    { name: 'answered otherwise', value: answers.strange, atMost: 0 },
    { name: 'the good one beside them refused', value: good.status === 200 ? 0 : 1, atMost: 0 },
    { name: `the slowest one's median of ${tries}`, value: slowest, unit: 'ms', atMost: 20 },
  ];
}
