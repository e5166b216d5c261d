export { RestFault, restFaultKinds, type RestFaultKind } from './fault.ts';
export { createRestHandler, type RestHandler } from './handler.ts';
export type { IfMatchOptions } from './input.ts';
export { successStatuses, type RestMeta, type RestOptions, type SuccessStatus } from './meta.ts';
export { restMethods, type OperationInfo, type RawExchange, type RawRoute, type RestMethod } from './operation.ts';
export type { ContextSource, ErrorAnswer, ErrorInfo, RestHandlerOptions } from './options.ts';
export { listProcedures, type ProcedureInfo } from './procedures.ts';
