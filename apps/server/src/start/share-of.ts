/** What one of `processes` equal processes gets of something that the machine, or the database, has once. */
export const shareOf = (total: number, processes: number, least: number): number =>
  Math.max(least, Math.floor(total / processes));
