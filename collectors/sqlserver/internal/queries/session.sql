-- Sent at the head of every batch. An audit waits five seconds for a lock and loses every deadlock.
SET NOCOUNT ON;
SET LOCK_TIMEOUT 5000;
SET DEADLOCK_PRIORITY LOW;
