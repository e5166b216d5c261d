ALTER TABLE "notifications" ALTER COLUMN "created_at" SET DEFAULT now();
--> statement-breakpoint

CREATE OR REPLACE FUNCTION "public"."activity_logs_stamp"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.seq := nextval('public.activity_logs_seq_seq');
  NEW.xid := pg_current_xact_id();
  NEW.created_at := now();
  RETURN NEW;
END
$$;
