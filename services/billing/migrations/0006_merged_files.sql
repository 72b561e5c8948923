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

-- Where a certificate stands today, and whom it is about there: a file may have become part of another one, and its people people of that one.
create view filed_certificates as
select d.document_id, d.kind, d.number, d.household_id, coalesce(f.kept_id, d.household_id) as file_id,
    coalesce(p.kept_adult_id, d.adult_id) as adult_id, d.child_id, d.from_on, d.to_on, d.issued_at, d.pdf
from issued_documents d
left join merged_files f on f.household_id = d.household_id
left join merged_payers p on p.household_id = d.household_id and p.adult_id = d.adult_id;
