-- AlterTable
ALTER TABLE "refresh_tokens" ADD COLUMN     "attempts" BYTEA[] DEFAULT ARRAY[]::BYTEA[];
