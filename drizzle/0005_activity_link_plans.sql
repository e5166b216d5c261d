-- A plan is kept by its session, and one that was made while these tables were small would read all of them ever after.
ALTER FUNCTION "public"."activity_logs_link"() SET enable_seqscan = off;
--> statement-breakpoint
ALTER FUNCTION "public"."activity_logs_link"() SET enable_hashjoin = off;
--> statement-breakpoint
ALTER FUNCTION "public"."activity_logs_link"() SET enable_mergejoin = off;
