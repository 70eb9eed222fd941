-- AlterEnum
ALTER TYPE "audit_event_type" ADD VALUE 'GUESSES_REFUSED';

-- AlterEnum
ALTER TYPE "message_kind" ADD VALUE 'PASSWORD_GUESSING';

-- AlterTable
ALTER TABLE "known_addresses" ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "guess_counts" (
    "address_key" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL,
    "last_failure_at" TIMESTAMPTZ(3) NOT NULL,
    "notified_at" TIMESTAMPTZ(3),

    CONSTRAINT "guess_counts_pkey" PRIMARY KEY ("address_key")
);

-- CreateIndex
CREATE INDEX "guess_counts_last_failure_at_idx" ON "guess_counts"("last_failure_at");
