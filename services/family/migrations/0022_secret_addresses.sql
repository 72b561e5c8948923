-- Addresses that are secret from the start, and requests of families to keep theirs so.

-- `sealed`: of a request for a space whose address is secret, that address and why, sealed with a key of the request's own, until it is decided.
alter table registrations add column sealed bytea;
