-- AlterTable
ALTER TABLE "email_changes" ADD COLUMN     "old_email_verified" BOOLEAN NOT NULL DEFAULT false;
