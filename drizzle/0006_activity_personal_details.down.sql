DROP TABLE "activity_personal_details";
