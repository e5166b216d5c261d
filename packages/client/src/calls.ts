import type { AppRouter } from '@taskmaster/api/router';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { CallOptions } from './http/rpc.ts';
import type { Feature, Procedures } from './procedures.ts';

/** What a procedure takes: `RouterInputs['tasks']['create']`. */
export type RouterInputs = inferRouterInputs<AppRouter>;
/** What a procedure answers: `RouterOutputs['tasks']['create']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

type CallNames<Of extends Feature> = {
  [Name in keyof Procedures[Of]]: Procedures[Of][Name] extends 'subscription' ? never : Name;
}[keyof Procedures[Of]];

type InputOf<Of extends Feature, Name> = Name extends keyof RouterInputs[Of] ? RouterInputs[Of][Name] : never;
/** What answers nothing is `never` to tRPC, as whatever JSON has no word for. */
type Answer<Output> = [Output] extends [never] ? void : Output;
type OutputOf<Of extends Feature, Name> = Name extends keyof RouterOutputs[Of]
  ? Answer<RouterOutputs[Of][Name]>
  : never;

/** An input that nothing has to be given in may be left out. */
type Arguments<Input> = [Input] extends [void]
  ? [input?: undefined, options?: CallOptions]
  : object extends Input
    ? [input?: Input, options?: CallOptions]
    : [input: Input, options?: CallOptions];

/** The queries and mutations of a feature, each a function of its input. All throw `TaskmasterError`. */
export type Calls<Of extends Feature> = {
  readonly [Name in CallNames<Of>]: (...args: Arguments<InputOf<Of, Name>>) => Promise<OutputOf<Of, Name>>;
};
