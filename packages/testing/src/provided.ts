/** What the global setup tells every test file. */
export interface TestPostgres {
  /** Of a database from which others can be created and dropped. */
  adminUrl: string;
  /** Name of the database that has every migration and no rows. */
  template: string;
}

// Whoever imports TestPostgres brings this along.
declare module 'vitest' {
  interface ProvidedContext {
    testPostgres: TestPostgres;
  }
}
