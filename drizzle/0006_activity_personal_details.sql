CREATE TABLE "activity_personal_details" (
	"log_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"salt" "bytea" NOT NULL,
	"details" json NOT NULL
);
--> statement-breakpoint
ALTER TABLE "activity_personal_details" ADD CONSTRAINT "activity_personal_details_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activity_personal_details_user_idx" ON "activity_personal_details" USING btree ("user_id");
