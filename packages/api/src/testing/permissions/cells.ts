import { isErrorCode } from '@taskmaster/core/errors';
import { actors, subjects } from './model.ts';
import type { ActorName, Expected, Input, PermissionRow, ProcedureKind, Rule, SubjectName } from './model.ts';
import { permissionTable } from './table.ts';

export interface Cell {
  operation: string;
  kind: PermissionRow['kind'];
  subject: SubjectName;
  actor: ActorName;
  expected: Expected;
  input: Input;
}

/** The table, cell by cell. */
export function permissionCells(): Cell[] {
  return permissionTable.flatMap(({ operation, kind, isPublic = false, subjects: rules }) =>
    subjects.flatMap((subject) => {
      const rule = rules[subject];
      if (!rule) return [];
      const { input } = rule;
      return actors.map((actor) => ({
        operation,
        kind,
        subject,
        actor,
        expected: expect(rule, actor, isPublic),
        input,
      }));
    }),
  );
}

export type ProcedureCell = Cell & { kind: ProcedureKind };

export const isProcedureCell = (cell: Cell): cell is ProcedureCell => cell.kind === 'query' || cell.kind === 'mutation';

const errorCodesOf = (refused: NonNullable<Rule['refused']>) => Object.keys(refused).filter(isErrorCode);

function expect({ may, refused = {}, sees = [], otherwise }: Rule, actor: ActorName, isPublic: boolean): Expected {
  if (actor === 'anonymous' || actor === 'deactivated') {
    if (!isPublic) return 'UNAUTHENTICATED';
    return may.length > 0 ? 'OK' : (otherwise ?? 'OK');
  }
  if (may.includes(actor)) return 'OK';
  const refusal = errorCodesOf(refused).find((code) => refused[code]?.includes(actor));
  if (refusal) return refusal;
  if (sees.includes(actor)) return 'FORBIDDEN';
  return otherwise ?? 'FORBIDDEN';
}
