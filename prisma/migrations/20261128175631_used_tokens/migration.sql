-- AlterTable
ALTER TABLE "one_time_tokens" ADD COLUMN     "used_hash" BYTEA;

-- CreateIndex
CREATE UNIQUE INDEX "one_time_tokens_used_hash_key" ON "one_time_tokens"("used_hash");
