export { createPermissionWorld } from './permission-fixture.ts';
export type { Asker, Fixture, PermissionWorld } from './permission-fixture.ts';
export { actors, permissionCells, permissionTable, subjects } from './permission-table.ts';
export type { ActorName, Cell, Expected, PermissionRow, SubjectName } from './permission-table.ts';
