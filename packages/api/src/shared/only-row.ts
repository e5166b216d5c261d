/** Of an INSERT … RETURNING, or of an UPDATE of a row that is locked: anything but a row is a fault of ours. */
export function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('A statement that always gives a row gave none');
  return row;
}
