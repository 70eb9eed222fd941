-- The column keeps its values, its place and its indexes. The type stays for replicas of an earlier version, which write
-- values of it while an upgrade replaces them one by one.
ALTER TABLE "audit_events" ALTER COLUMN "type" TYPE TEXT USING "type"::text;
