-- Quotients that end, and why a day costs the highest price: the last day of the quotient that ended, and whether a proof of another one waited.
alter table quotient_files add column awaited_since_on date;
alter table quotients add column ends_on date;
alter table charges
    add column quotient_ended_on date,
    add column is_quotient_awaited boolean not null default false;
alter table charges alter column is_quotient_awaited drop default;
alter table invoice_lines
    add column quotient_ended_on date,
    add column is_quotient_awaited boolean not null default false;
alter table invoice_lines alter column is_quotient_awaited drop default;
