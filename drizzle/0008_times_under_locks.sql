-- What follows a change of the same thing has a later time: both rows are written under its lock, for which now(), the start
-- of the transaction, did not wait.
ALTER TABLE "notifications" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();
--> statement-breakpoint

CREATE OR REPLACE FUNCTION "public"."activity_logs_stamp"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.seq := nextval('public.activity_logs_seq_seq');
  NEW.xid := pg_current_xact_id();
  NEW.created_at := clock_timestamp();
  RETURN NEW;
END
$$;
