-- The column keeps its values, its place and its indexes. (`prisma migrate diff` would drop it and add another.)
ALTER TABLE "outbox_messages" ALTER COLUMN "kind" TYPE TEXT USING "kind"::text;

-- For replicas of an earlier version: they compare the column with a value of the enum, which needs this cast.
CREATE CAST ("message_kind" AS TEXT) WITH INOUT AS IMPLICIT;
