import { existsSync } from 'node:fs';
import type { Variables } from './run-program.ts';

const folders = ['/usr/lib/x86_64-linux-gnu/faketime', '/usr/lib/aarch64-linux-gnu/faketime', '/usr/lib/faketime'];

/**
 * The variables that make a program live `offset` away from us (`+90m`, `-2d`), by Debian's libfaketime. Time still
 * passes as fast, and timers are left alone. Undefined where it is not installed.
 */
export function wrongClock(offset: `${'+' | '-'}${number}${'s' | 'm' | 'h' | 'd'}`): Variables | undefined {
  const library = folders.map((folder) => `${folder}/libfaketime.so.1`).find((path) => existsSync(path));
  return library === undefined
    ? undefined
    : { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}
