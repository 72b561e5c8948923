-- The online services that an account does without, by their codes.

alter table accounts add column declined_services text[] not null default '{}';
