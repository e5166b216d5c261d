export { sendJson, sendProblem } from './answer.ts';
export type { BodyLimits } from './body.ts';
export { RestFault, restFaultKinds, type RestFaultKind } from './fault.ts';
export { createRestHandler, type RestHandler } from './handler.ts';
export type { IfMatchOptions } from './input.ts';
export { readJsonText } from './json-body.ts';
export { successStatuses, type RestMeta, type RestOptions, type SuccessStatus } from './meta.ts';
export { restMethods, type OperationInfo, type RawExchange, type RawRoute, type RestMethod } from './operation.ts';
export type { ContextSource, ErrorAnswer, ErrorInfo, RestHandlerOptions } from './options.ts';
export { listProcedures, type ProcedureInfo } from './procedures.ts';
export { refuseBody } from './refusal.ts';
export {
  assertCompleteRouter,
  findRouterProblems,
  routerRules,
  type RouterProblem,
  type RouterRule,
} from './completeness.ts';
export { createDocument } from './document/create-document.ts';
export type { DocumentOptions, OperationHeaders, ProblemDescription } from './document/options.ts';
