-- CreateEnum
CREATE TYPE "one_time_token_purpose" AS ENUM ('VERIFY_EMAIL', 'RESET_PASSWORD', 'CHANGE_EMAIL');

-- CreateEnum
CREATE TYPE "message_kind" AS ENUM ('VERIFY_EMAIL', 'RESET_PASSWORD', 'CONFIRM_EMAIL_CHANGE', 'ADDRESS_TAKEN', 'EMAIL_CHANGE_REQUESTED', 'EMAIL_CHANGED', 'PASSWORD_CHANGED', 'ACCOUNT_DELETED');

-- CreateEnum
CREATE TYPE "message_status" AS ENUM ('WAITING', 'SENT', 'DEAD');

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "email_verified_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "one_time_tokens" (
    "user_id" UUID NOT NULL,
    "purpose" "one_time_token_purpose" NOT NULL,
    "token_hash" BYTEA,
    "email" TEXT NOT NULL,
    "session_id" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "one_time_tokens_pkey" PRIMARY KEY ("user_id","purpose")
);

-- CreateTable
CREATE TABLE "outbox_messages" (
    "id" UUID NOT NULL,
    "kind" "message_kind" NOT NULL,
    "recipient" TEXT NOT NULL,
    "account_id" UUID,
    "locale" TEXT,
    "details" JSONB NOT NULL,
    "sealed_token" TEXT,
    "status" "message_status" NOT NULL DEFAULT 'WAITING',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "give_up_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "finished_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "outbox_messages_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "outbox_messages_account_id_idx" ON "outbox_messages"("account_id");

-- CreateIndex
CREATE INDEX "outbox_messages_recipient_id_idx" ON "outbox_messages"("recipient", "id");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_tokens_token_hash_key" ON "one_time_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "one_time_tokens_expires_at_idx" ON "one_time_tokens"("expires_at");

-- AddForeignKey
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is due, what an operator looks at, and what may go: what was sent is in the last one only.
-- (The schema cannot say "where".)
CREATE INDEX "outbox_messages_due" ON "outbox_messages"("attempts", "due_at") WHERE "status" = 'WAITING';
CREATE INDEX "outbox_messages_open" ON "outbox_messages"("id") WHERE "status" <> 'SENT';
CREATE INDEX "outbox_messages_finished" ON "outbox_messages"("finished_at") WHERE "status" <> 'WAITING';
