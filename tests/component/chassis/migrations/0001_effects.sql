-- What the probe service of these tests did, in the order it did it.
create table effects (
    id bigint generated always as identity primary key,
    household_id uuid not null,
    sequence bigint not null
);
