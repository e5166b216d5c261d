DROP TRIGGER "attachments_leave_garbage" ON "public"."attachments";
--> statement-breakpoint
DROP FUNCTION "public"."attachments_leave_garbage"();
--> statement-breakpoint
ALTER TABLE "public"."teams" DROP CONSTRAINT "teams_owner_is_member_fk";
--> statement-breakpoint
DROP TRIGGER "activity_logs_stamp" ON "public"."activity_logs";
--> statement-breakpoint
DROP FUNCTION "public"."activity_logs_stamp"();
--> statement-breakpoint
DROP TRIGGER "activity_logs_refuse_truncate" ON "public"."activity_logs";
--> statement-breakpoint
DROP TRIGGER "activity_logs_refuse_change" ON "public"."activity_logs";
--> statement-breakpoint
DROP FUNCTION "public"."activity_logs_refuse_change"();
