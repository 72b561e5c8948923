-- Children of one name, for lists that tell them apart.
create index child_records_by_name on child_records (lower(last_name), lower(first_name));
