-- AlterEnum
ALTER TYPE "audit_event_type" ADD VALUE 'USER_UNLOCKED';
