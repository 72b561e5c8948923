-- Files that became part of another one, as the family service says it: a replica, which goes with its household. Accounts, invoices and what was paid stay
-- where they are; the file that is kept shows them, and whoever somebody is by now reaches what they pay.
create table merged_files (
    household_id uuid primary key references households on delete cascade,
    kept_id uuid not null
);
create index merged_files_of_kept on merged_files (kept_id);

create table merged_payers (
    household_id uuid not null references merged_files on delete cascade,
    adult_id uuid not null,
    kept_adult_id uuid not null,
    primary key (household_id, adult_id)
);
create index merged_payers_of_kept on merged_payers (kept_adult_id);
