-- What a file is found by: see services/family/search. The marks are written with the file, in its transaction.
alter table households rename column search_words to search_marks;
alter index households_by_word rename to households_by_mark;
-- A search reads what waits to be merged into the index: let it be little.
alter index households_by_mark set (gin_pending_list_limit = 256);
-- Another country than France, as it is printed in an address.
alter table households add column country text;
-- A child who is expected has the day on which the birth is as its birth date.
alter table children add column is_expected boolean not null default false;
create index children_expected on children (birth_on, child_id) where is_expected;
