ALTER FUNCTION "public"."activity_logs_link"() RESET enable_seqscan;
--> statement-breakpoint
ALTER FUNCTION "public"."activity_logs_link"() RESET enable_hashjoin;
--> statement-breakpoint
ALTER FUNCTION "public"."activity_logs_link"() RESET enable_mergejoin;
