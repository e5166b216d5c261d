export { isAlive } from '@taskmaster/database/embedded';
export { startRealPostgres } from './real-postgres.ts';
export type { RealPostgres } from './real-postgres.ts';
export { runProgram } from './run-program.ts';
export type { ProgramOptions, RunningProcess, Variables } from './run-program.ts';
export { addressOf, startTcpProxy, through } from './tcp-proxy.ts';
export type { Address, LineFault, TcpProxy } from './tcp-proxy.ts';
export { wrongClock } from './wrong-clock.ts';
