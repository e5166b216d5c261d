-- What Drizzle cannot say about the tables. See the doc comments of packages/core/src/*/*.table.ts.

-- activity_logs is append-only, for its owner too. ENABLE ALWAYS: not even session_replication_role gets round it.
CREATE FUNCTION "public"."activity_logs_refuse_change"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'activity_logs is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "activity_logs_refuse_change" BEFORE UPDATE OR DELETE ON "public"."activity_logs"
FOR EACH ROW EXECUTE FUNCTION "public"."activity_logs_refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "activity_logs_refuse_truncate" BEFORE TRUNCATE ON "public"."activity_logs"
FOR EACH STATEMENT EXECUTE FUNCTION "public"."activity_logs_refuse_change"();
--> statement-breakpoint
ALTER TABLE "public"."activity_logs" ENABLE ALWAYS TRIGGER "activity_logs_refuse_change";
--> statement-breakpoint
ALTER TABLE "public"."activity_logs" ENABLE ALWAYS TRIGGER "activity_logs_refuse_truncate";
--> statement-breakpoint

-- Position and time are the database's, whatever an INSERT says (OVERRIDING SYSTEM VALUE included). A row takes two
-- numbers of the sequence, the identity's and this one: gaps mean nothing, a forged position would.
CREATE FUNCTION "public"."activity_logs_stamp"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.seq := nextval('public.activity_logs_seq_seq');
  NEW.xid := pg_current_xact_id();
  NEW.created_at := now();
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "activity_logs_stamp" BEFORE INSERT ON "public"."activity_logs"
FOR EACH ROW EXECUTE FUNCTION "public"."activity_logs_stamp"();
--> statement-breakpoint
ALTER TABLE "public"."activity_logs" ENABLE ALWAYS TRIGGER "activity_logs_stamp";
--> statement-breakpoint

-- A team's owner is one of its members. Deferred: team and membership are made, and unmade, in one transaction.
ALTER TABLE "public"."teams" ADD CONSTRAINT "teams_owner_is_member_fk"
FOREIGN KEY ("id", "owner_id") REFERENCES "public"."team_members" ("team_id", "user_id")
DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint

-- However an attachment goes, by itself or by a cascade, its bytes are left to the sweeper.
CREATE FUNCTION "public"."attachments_leave_garbage"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO public.storage_garbage (storage_key) VALUES (OLD.storage_key) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "attachments_leave_garbage" AFTER DELETE ON "public"."attachments"
FOR EACH ROW EXECUTE FUNCTION "public"."attachments_leave_garbage"();
