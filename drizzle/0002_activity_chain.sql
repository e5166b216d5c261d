CREATE TABLE "activity_heads" (
	"chain_id" uuid PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "activity_links" (
	"chain_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"log_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "activity_links_pkey" PRIMARY KEY("chain_id","position")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "activity_links_log_key" ON "activity_links" USING btree ("log_id");--> statement-breakpoint

-- The hash chain of the activity log: decision record 0005, packages/core/src/activity/activity-chain.table.ts.
-- `taskmaster audit verify` computes the same by itself (packages/database/src/audit): what is hashed is fixed.

-- A head is changed by every write of its chain: room for that on its own page.
ALTER TABLE "public"."activity_heads" SET (fillfactor = 50);
--> statement-breakpoint
CREATE FUNCTION "public"."activity_chain_of"("team_id" uuid, "actor_id" uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(team_id, ('00000000-0000-0000-0000-00000000000' || right(coalesce(actor_id::text, '0'), 1))::uuid);
--> statement-breakpoint

-- Unambiguous: what may hold a space is quoted, or last. Free of settings: the time is milliseconds since 1970.
CREATE FUNCTION "public"."activity_content"("entry" "public"."activity_logs") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN convert_to(concat_ws(' ',
  (entry).id, (entry).seq, (entry).xid, (extract(epoch FROM (entry).created_at) * 1000)::bigint,
  coalesce((entry).actor_id::text, '-'), (entry).entity_id, coalesce((entry).task_id::text, '-'),
  coalesce((entry).team_id::text, '-'), quote_literal((entry).action), quote_literal((entry).entity_type),
  quote_nullable((entry).ip_address), (entry).details), 'UTF8');
--> statement-breakpoint

-- One upsert locks the head, moves it on and says what the new link is.
CREATE FUNCTION "public"."activity_links_append"("entry" "public"."activity_logs") RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  chain uuid := public.activity_chain_of((entry).team_id, (entry).actor_id);
  content bytea := public.activity_content(entry);
BEGIN
  WITH head AS (
    INSERT INTO public.activity_heads AS last (chain_id, position, hash)
    VALUES (chain, 1, sha256(uuid_send(chain) || content))
    ON CONFLICT (chain_id) DO UPDATE SET position = last.position + 1, hash = sha256(last.hash || content)
    RETURNING last.position, last.hash
  )
  INSERT INTO public.activity_links (chain_id, position, log_id, hash)
  SELECT chain, head.position, (entry).id, head.hash FROM head;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "public"."activity_links_append" FROM PUBLIC;
--> statement-breakpoint

-- Runs inside COMMIT: no head is locked while a client thinks, and after every other lock, so that no deadlock can come
-- of it. The first row of a transaction links all of them, chain by chain in one order. SECURITY DEFINER: the app's role
-- may not write links.
CREATE FUNCTION "public"."activity_logs_link"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  entry public.activity_logs;
BEGIN
  IF EXISTS (SELECT FROM public.activity_links WHERE log_id = NEW.id) THEN
    RETURN NULL;
  END IF;
  FOR entry IN
    SELECT * FROM public.activity_logs a
    WHERE a.xid = pg_current_xact_id() AND NOT EXISTS (SELECT FROM public.activity_links l WHERE l.log_id = a.id)
    ORDER BY public.activity_chain_of(a.team_id, a.actor_id), a.seq
  LOOP
    PERFORM public.activity_links_append(entry);
  END LOOP;
  RETURN NULL;
END
$$;
--> statement-breakpoint

-- What was there before comes first, in the order in which it was committed.
SELECT "public"."activity_links_append"("a") FROM (SELECT * FROM "public"."activity_logs" ORDER BY "xid", "seq") "a";
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "activity_logs_link" AFTER INSERT ON "public"."activity_logs"
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "public"."activity_logs_link"();
--> statement-breakpoint
ALTER TABLE "public"."activity_logs" ENABLE ALWAYS TRIGGER "activity_logs_link";
--> statement-breakpoint

-- Of the app's role, that has no rights on the sequence either.
ALTER FUNCTION "public"."activity_logs_stamp"() SECURITY DEFINER;
--> statement-breakpoint

-- As activity_logs itself. A head changes, but never goes.
CREATE FUNCTION "public"."activity_chain_refuse_change"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "activity_links_refuse_change" BEFORE UPDATE OR DELETE ON "public"."activity_links"
FOR EACH ROW EXECUTE FUNCTION "public"."activity_chain_refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "activity_links_refuse_truncate" BEFORE TRUNCATE ON "public"."activity_links"
FOR EACH STATEMENT EXECUTE FUNCTION "public"."activity_chain_refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "activity_heads_refuse_change" BEFORE DELETE ON "public"."activity_heads"
FOR EACH ROW EXECUTE FUNCTION "public"."activity_chain_refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "activity_heads_refuse_truncate" BEFORE TRUNCATE ON "public"."activity_heads"
FOR EACH STATEMENT EXECUTE FUNCTION "public"."activity_chain_refuse_change"();
--> statement-breakpoint
ALTER TABLE "public"."activity_links"
  ENABLE ALWAYS TRIGGER "activity_links_refuse_change", ENABLE ALWAYS TRIGGER "activity_links_refuse_truncate";
--> statement-breakpoint
ALTER TABLE "public"."activity_heads"
  ENABLE ALWAYS TRIGGER "activity_heads_refuse_change", ENABLE ALWAYS TRIGGER "activity_heads_refuse_truncate";
