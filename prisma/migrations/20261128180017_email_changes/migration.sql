-- AlterEnum
ALTER TYPE "audit_event_type" ADD VALUE 'EMAIL_CHANGE_REJECTED';
ALTER TYPE "audit_event_type" ADD VALUE 'EMAIL_CHANGE_UNDONE';

-- AlterEnum
ALTER TYPE "message_kind" ADD VALUE 'EMAIL_CHANGE_CONFIRMED';
ALTER TYPE "message_kind" ADD VALUE 'EMAIL_CHANGE_UNDONE';

-- Requests from before this migration lapse: the new table needs what they did not store.
DELETE FROM "one_time_tokens" WHERE "purpose" = 'CHANGE_EMAIL';

-- AlterEnum
CREATE TYPE "one_time_token_purpose_new" AS ENUM ('VERIFY_EMAIL', 'RESET_PASSWORD');
ALTER TABLE "one_time_tokens" ALTER COLUMN "purpose" TYPE "one_time_token_purpose_new" USING ("purpose"::text::"one_time_token_purpose_new");
ALTER TYPE "one_time_token_purpose" RENAME TO "one_time_token_purpose_old";
ALTER TYPE "one_time_token_purpose_new" RENAME TO "one_time_token_purpose";
DROP TYPE "one_time_token_purpose_old";

-- AlterTable
ALTER TABLE "one_time_tokens" DROP COLUMN "session_id";

-- CreateTable
CREATE TABLE "email_changes" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "old_email" TEXT NOT NULL,
    "new_email" TEXT NOT NULL,
    "password_hash" TEXT,
    "confirm_token_hash" BYTEA,
    "reject_token_hash" BYTEA,
    "undo_token_hash" BYTEA,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "email_changes_confirm_token_hash_key" ON "email_changes"("confirm_token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "email_changes_reject_token_hash_key" ON "email_changes"("reject_token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "email_changes_undo_token_hash_key" ON "email_changes"("undo_token_hash");

-- CreateIndex
CREATE INDEX "email_changes_user_id_idx" ON "email_changes"("user_id");

-- CreateIndex
CREATE INDEX "email_changes_old_email_idx" ON "email_changes"("old_email");

-- CreateIndex
CREATE INDEX "email_changes_expires_at_idx" ON "email_changes"("expires_at");

-- AddForeignKey
ALTER TABLE "email_changes" ADD CONSTRAINT "email_changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A user has one pending change. (The schema cannot say "where".)
CREATE UNIQUE INDEX "email_changes_one_pending" ON "email_changes"("user_id") WHERE "confirmed_at" IS NULL AND "cancelled_at" IS NULL;
