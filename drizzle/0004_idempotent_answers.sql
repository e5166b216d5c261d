CREATE TABLE "idempotent_answers" (
	"id" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"output" json,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "idempotent_answers_expires_at_idx" ON "idempotent_answers" USING btree ("expires_at");