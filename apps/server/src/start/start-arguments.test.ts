import { expect, test } from 'vitest';
import { UsageError } from '../cli/usage-error.ts';
import { readStartArguments } from './start-arguments.ts';

test('--processes is a variable that wins over the environment', () => {
  expect(readStartArguments([])).toEqual({});
  expect(readStartArguments(['--processes', '1'])).toEqual({ PROCESSES: '1' });
  expect(readStartArguments(['--processes=64'])).toEqual({ PROCESSES: '64' });
});

test.each([
  [['--processes', '0'], '--processes: is no whole number from 1 to 64'],
  [['--processes', '65'], '--processes: is no whole number from 1 to 64'],
  [['--processes', '1.5'], '--processes: is no whole number from 1 to 64'],
  [['--processes', 'abc'], '--processes: is no whole number from 1 to 64'],
  [['--processes'], "Option '--processes <value>' argument missing"],
  [['--workers', '2'], "Unknown option '--workers'"],
  [['2'], "Unexpected argument '2'"],
])('%j is refused in one line', (args, line) => {
  expect(() => readStartArguments(args)).toThrow(UsageError);
  expect(() => readStartArguments(args)).toThrow(line);
});
