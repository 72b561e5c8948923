-- Those whom families let act for them, what each household calls the one whom it asked, and the first name of the parent who did.
create table delegates (
    delegate_id uuid primary key,
    version bigint not null,
    first_name text not null,
    last_name text not null
);

create table delegate_names (
    delegation_id uuid primary key,
    delegate_id uuid not null references delegates on delete cascade,
    name text not null,
    parent_name text not null
);
create index delegate_names_of_delegate on delegate_names (delegate_id);
