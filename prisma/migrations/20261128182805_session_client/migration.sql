-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "client" TEXT;
