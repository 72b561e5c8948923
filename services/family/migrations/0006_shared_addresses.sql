-- Several adults may give one address: the account of that address stands for all of them.
drop index adults_invited;
create index adults_invited on adults (email_key) where is_invited;
