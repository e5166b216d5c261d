import type { ReservedSql } from 'postgres';
import { openClient } from '../client.ts';
import { databaseErrorCode } from '../errors.ts';

/** What the application may do, whoever it logs in as. */
export const appRole = 'taskmaster_app';

/**
 * Rows, and nothing else: no DDL, no TEMP, and of the activity log only SELECT and INSERT of what is not the database's to
 * say. Run after every migration, under its lock: a new table gets its grants by it. An owner that may not make roles
 * goes on without: {@link canActAsApp} says so.
 */
export async function grantToApp(sql: ReservedSql): Promise<void> {
  await sql.unsafe(makeRole);
  await sql.unsafe(grant);
}

/** Roles belong to the whole cluster: another database's migration, or an administrator, may have made it. */
const makeRole = `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${appRole}') THEN
      CREATE ROLE ${appRole} NOLOGIN;
    END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
  END $$;
  -- Since PostgreSQL 16 who makes a role may administer it, and take it on only after a grant to itself.
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${appRole}') AND NOT pg_has_role(
      current_user, '${appRole}', CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END
    ) THEN
      GRANT ${appRole} TO CURRENT_USER;
    END IF;
  EXCEPTION WHEN insufficient_privilege THEN NULL;
  END $$;
`;

const grant = `
  DO $$
  DECLARE
    place record;
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${appRole}') THEN
      RETURN;
    END IF;
    BEGIN
      EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
      REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    EXCEPTION WHEN insufficient_privilege THEN NULL; -- the database is somebody else's, and so is the decision
    END;
    GRANT USAGE ON SCHEMA public, drizzle TO ${appRole};
    GRANT SELECT ON drizzle.__drizzle_migrations TO ${appRole};
    FOR place IN
      SELECT oid::regclass AS name, relname FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    LOOP
      EXECUTE format('REVOKE ALL ON %s FROM ${appRole}', place.name);
      IF place.relname = 'activity_logs' THEN
        GRANT SELECT, INSERT (id, actor_id, action, entity_type, entity_id, task_id, team_id, details, ip_address)
          ON public.activity_logs TO ${appRole};
      ELSIF place.relname IN ('activity_links', 'activity_heads') THEN
        EXECUTE format('GRANT SELECT ON %s TO ${appRole}', place.name);
      ELSIF place.relname = 'activity_addresses' THEN
        EXECUTE format('GRANT SELECT, DELETE ON %s TO ${appRole}', place.name);
      ELSIF place.relname = 'activity_personal_details' THEN
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON %s TO ${appRole}', place.name);
      ELSE
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO ${appRole}', place.name);
      END IF;
    END LOOP;
  END $$
`;

const [noSuchRole, insufficientPrivilege] = ['22023', '42501'];

/** Whether who logs in with this URL may take on the app's role. */
export async function canActAsApp(url: string): Promise<boolean> {
  const sql = openClient(url, { max: 1, connect_timeout: 5 });
  try {
    await sql.unsafe(`SET ROLE ${appRole}`);
    return true;
  } catch (error) {
    const code = databaseErrorCode(error);
    if (code === noSuchRole || code === insufficientPrivilege) return false;
    throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
