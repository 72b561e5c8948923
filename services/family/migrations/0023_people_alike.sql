-- Who may be one person under two ids: pairs that the job `compare_people` finds, whether or not their files are still two. What is shown of a pair is compared
-- again, so that nothing has to be taken back when a name is corrected.
create table persons_alike (
    one_id uuid not null references persons on delete cascade,
    other_id uuid not null references persons on delete cascade,
    primary key (one_id, other_id),
    check (one_id < other_id)
);
create index persons_alike_other on persons_alike (other_id);

-- What somebody was last compared by: who is called, born or reached otherwise since is compared again, whoever wrote that.
alter table children add compared_name text collate "C", add compared_birth_on date;
alter table adults add compared_name text collate "C", add compared_phone text, add compared_email text collate "C";
create index children_to_compare on children (child_id)
where (compared_name, compared_birth_on) is distinct from (name_key, birth_on);
create index adults_to_compare on adults (adult_id)
where (compared_name, compared_phone, compared_email) is distinct from (name_key, phone, email_key);

