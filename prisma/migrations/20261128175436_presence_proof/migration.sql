-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "presence_proof_expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "presence_proof_hash" BYTEA;
