-- Adults whom a decision keeps from a child, on these days: no list tells them what was done for it.
create table kept_apart (
    child_id uuid not null references custody on delete cascade,
    adult_id uuid not null,
    days datemultirange not null check (not isempty(days)),
    primary key (child_id, adult_id)
);
create index kept_apart_adult on kept_apart (adult_id);
