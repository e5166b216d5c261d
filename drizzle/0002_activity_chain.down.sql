ALTER FUNCTION "public"."activity_logs_stamp"() SECURITY INVOKER;
--> statement-breakpoint
DROP TRIGGER "activity_logs_link" ON "public"."activity_logs";
--> statement-breakpoint
DROP FUNCTION "public"."activity_logs_link"();
--> statement-breakpoint
DROP FUNCTION "public"."activity_links_append"("public"."activity_logs");
--> statement-breakpoint
DROP FUNCTION "public"."activity_content"("public"."activity_logs");
--> statement-breakpoint
DROP FUNCTION "public"."activity_chain_of"(uuid, uuid);
--> statement-breakpoint
DROP TABLE "public"."activity_links";
--> statement-breakpoint
DROP TABLE "public"."activity_heads";
--> statement-breakpoint
DROP FUNCTION "public"."activity_chain_refuse_change"();
