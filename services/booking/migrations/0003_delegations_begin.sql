-- The day on which a delegation was given: of what was before, whoever acts by it sees nothing.
alter table delegations add column begins_on date not null default current_date;
alter table delegations alter column begins_on drop default;
