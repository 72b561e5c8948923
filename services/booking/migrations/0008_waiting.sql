-- Requests by how long they wait, as the agents' queue has them.
create index enrollments_oldest on enrollments (requested_at, id) where status = 'requested';
