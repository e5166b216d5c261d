-- The rows of the log cannot take their addresses back: they are immutable, and heads that are signed outside of the
-- database prove what they hold. So the version before shows a reference where an address was, and writes plain addresses
-- from here on; the addresses are kept where only the owner reads them, and the way up puts them in their place, except
-- those of people erased in between. They end with the log: 0000_initial.down.sql.
DROP TRIGGER "activity_logs_refer" ON "public"."activity_logs";
--> statement-breakpoint
DROP FUNCTION "public"."activity_logs_refer"();
--> statement-breakpoint
CREATE TABLE "drizzle"."kept_activity_addresses" AS TABLE "public"."activity_addresses";
--> statement-breakpoint
DROP TABLE "public"."activity_addresses";
