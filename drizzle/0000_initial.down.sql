-- What 0007_activity_addresses.down.sql has kept for the log.
DROP TABLE IF EXISTS "drizzle"."kept_activity_addresses";
--> statement-breakpoint
-- Children before what they point to.
DROP TABLE "public"."activity_logs";
--> statement-breakpoint
DROP TABLE "public"."notifications";
--> statement-breakpoint
DROP TABLE "public"."storage_garbage";
--> statement-breakpoint
DROP TABLE "public"."attachments";
--> statement-breakpoint
DROP TABLE "public"."comments";
--> statement-breakpoint
DROP TABLE "public"."tasks";
--> statement-breakpoint
DROP TABLE "public"."team_members";
--> statement-breakpoint
DROP TABLE "public"."teams";
--> statement-breakpoint
DROP TABLE "public"."rate_limits";
--> statement-breakpoint
DROP TABLE "public"."refresh_tokens";
--> statement-breakpoint
DROP TABLE "public"."sessions";
--> statement-breakpoint
DROP TABLE "public"."users";
--> statement-breakpoint
DROP TYPE "public"."session_end_reason";
--> statement-breakpoint
DROP TYPE "public"."task_priority";
--> statement-breakpoint
DROP TYPE "public"."task_status";
--> statement-breakpoint
DROP TYPE "public"."team_role";
--> statement-breakpoint
DROP TYPE "public"."user_role";
