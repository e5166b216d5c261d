export { brokenTokens } from './broken-tokens.ts';
export { createTestDeps } from './test-deps.ts';
export { isProcedureCell, permissionCells } from './permissions/cells.ts';
export type { Cell } from './permissions/cells.ts';
export { attachmentKeysOf, createPermissionWorld } from './permissions/fixture.ts';
export type { Asker, Fixture, PermissionWorld } from './permissions/fixture.ts';
export { actors, subjects } from './permissions/model.ts';
export type { ActorName, Expected, PermissionRow, SubjectName } from './permissions/model.ts';
export { permissionTable } from './permissions/table.ts';
