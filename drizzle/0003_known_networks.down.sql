ALTER TABLE "rate_limits" SET LOGGED;
--> statement-breakpoint
DROP TABLE "known_networks";
