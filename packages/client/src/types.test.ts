import { expect, expectTypeOf, test } from 'vitest';
import type { errorCodes } from '@taskmaster/core/errors';
import type { RouterInputs, RouterOutputs } from './calls.ts';
import { isTaskmasterError, TaskmasterError } from './errors/taskmaster-error.ts';
import type { Task, TaskmasterClient, TaskmasterErrorCode, User } from './index.ts';

type IsAny<Value> = 0 extends 1 & Value ? true : false;

/** The names of the procedures whose type is `any`, as `tasks.create`. */
type AnyOf<Types> = {
  [Feature in keyof Types & string]: {
    [Name in keyof Types[Feature] & string]: IsAny<Types[Feature][Name]> extends true ? `${Feature}.${Name}` : never;
  }[keyof Types[Feature] & string];
}[keyof Types & string];

/** As far as a page of the caller goes: the names of the calls that answer `any`. */
type AnyCalls<Client> = {
  [Feature in keyof Client & string]: {
    [Name in keyof Client[Feature] & string]: Client[Feature][Name] extends (...args: never[]) => infer Answer
      ? IsAny<Answer> | IsAny<Awaited<Answer>> extends false
        ? never
        : `${Feature}.${Name}`
      : never;
  }[keyof Client[Feature] & string];
}[keyof Client & string];

test('no procedure takes or answers any', () => {
  expectTypeOf<AnyOf<RouterOutputs>>().toBeNever();
  expectTypeOf<AnyOf<RouterInputs>>().toBeNever();
  expectTypeOf<AnyCalls<Omit<TaskmasterClient, 'state' | 'close'>>>().toBeNever();
  // The check itself finds one.
  expectTypeOf<AnyOf<{ tasks: { get: unknown; list: ReturnType<typeof JSON.parse> } }>>().toEqualTypeOf<'tasks.list'>();
});

test('calls answer the resources that the contract names, and take what has to be given', () => {
  expectTypeOf<Awaited<ReturnType<TaskmasterClient['tasks']['create']>>>().toEqualTypeOf<Task>();
  expectTypeOf<Awaited<ReturnType<TaskmasterClient['users']['me']>>>().toEqualTypeOf<User>();
  expectTypeOf<Awaited<ReturnType<TaskmasterClient['tasks']['archive']>>>().toEqualTypeOf<void>();
  expectTypeOf<TaskmasterClient['tasks']['create']>().parameter(0).toExtend<{ title: string }>();
  expectTypeOf<TaskmasterClient['tasks']['list']>().toBeCallableWith();
  expectTypeOf<TaskmasterClient['admin']['stats']>().toBeCallableWith();
});

test('the codes of errors are a closed union, and narrow', () => {
  expectTypeOf<TaskmasterErrorCode>().toEqualTypeOf<keyof typeof errorCodes | 'NETWORK' | 'PROTOCOL'>();
  const error: unknown = new TaskmasterError('TASK_NOT_FOUND', 'No such task', { status: 404 });
  expect(isTaskmasterError(error, 'TASK_NOT_FOUND', 'TEAM_NOT_FOUND')).toBe(true);
  if (isTaskmasterError(error, 'TASK_NOT_FOUND', 'TEAM_NOT_FOUND')) {
    expectTypeOf(error.code).toEqualTypeOf<'TASK_NOT_FOUND' | 'TEAM_NOT_FOUND'>();
  }
  if (isTaskmasterError(error)) expectTypeOf(error.code).toEqualTypeOf<TaskmasterErrorCode>();
});
