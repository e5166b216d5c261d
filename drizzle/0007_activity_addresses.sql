CREATE TABLE "activity_addresses" (
	"ref" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"address" text NOT NULL,
	"salt" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "activity_addresses" ADD CONSTRAINT "activity_addresses_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activity_addresses_user_idx" ON "activity_addresses" USING btree ("user_id","address");--> statement-breakpoint

-- The addresses in the activity log, by reference: decision record 0012, packages/core/src/activity/activity.table.ts.
-- `taskmaster audit verify` computes the digest by itself (packages/database/src/audit): what is hashed is fixed. Seq scans
-- are off for the plan that a session keeps from when this table was small, as in 0005.
CREATE FUNCTION "public"."activity_logs_refer"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
  person uuid := coalesce(NEW.actor_id, CASE WHEN NEW.entity_type = 'user' THEN NEW.entity_id END);
  known text;
  salt bytea;
BEGIN
  SELECT ref INTO known FROM public.activity_addresses WHERE user_id = person AND address = NEW.ip_address LIMIT 1;
  IF NOT FOUND THEN
    -- An erasure that is at its end is waited for, and one that comes now waits: it locks the row FOR UPDATE. Only the next
    -- statement sees what was waited for. The hash is the mark of who is erased in packages/api/src/users/users.repository.ts.
    PERFORM FROM public.users WHERE id = person FOR KEY SHARE;
    IF NOT FOUND THEN
      RETURN NEW; -- nobody's
    END IF;
    IF NOT EXISTS (SELECT FROM public.users WHERE id = person AND password_hash = 'erased') THEN
      salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
      known := 'sha256:' || encode(sha256(salt || convert_to(NEW.ip_address, 'UTF8')), 'hex');
      INSERT INTO public.activity_addresses VALUES (known, person, NEW.ip_address, salt);
    END IF;
  END IF;
  NEW.ip_address := known;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "activity_logs_refer" BEFORE INSERT ON "public"."activity_logs"
FOR EACH ROW WHEN (NEW."ip_address" IS NOT NULL) EXECUTE FUNCTION "public"."activity_logs_refer"();
--> statement-breakpoint
ALTER TABLE "public"."activity_logs" ENABLE ALWAYS TRIGGER "activity_logs_refer";
--> statement-breakpoint

-- What a way down has kept (0007_activity_addresses.down.sql), but for those who were erased meanwhile.
DO $$
BEGIN
  IF to_regclass('drizzle.kept_activity_addresses') IS NOT NULL THEN
    INSERT INTO public.activity_addresses
    SELECT k.* FROM drizzle.kept_activity_addresses k JOIN public.users u ON u.id = k.user_id AND u.password_hash <> 'erased';
    DROP TABLE drizzle.kept_activity_addresses;
  END IF;
END
$$;
