-- Protected addresses. While one is, it stands nowhere but here, sealed with the household's key (`history_keys`): `households` has none in its place,
-- so that no statement that reads or publishes a household can tell it.

-- `ends_on`: the last day for which the decision asks it; the protection itself ends when an agent ends it. `reasons`, sealed too: why it began and why it
-- ended. A row whose protection ended holds no address.
create table address_protections (
    protection_id uuid primary key,
    household_id uuid not null references households on delete cascade,
    address bytea,
    reasons bytea not null,
    starts_on date not null,
    ends_on date check (ends_on >= starts_on),
    protected_at timestamptz not null,
    protected_by uuid not null,
    ended_at timestamptz,
    ended_by uuid,
    check ((ended_at is null) = (address is not null)),
    check ((ended_at is null) = (ended_by is null))
);
create unique index address_protections_live on address_protections (household_id) where ended_at is null;
create index address_protections_of_household on address_protections (household_id);

alter table households
    alter column address_lines drop not null,
    alter column postal_code drop not null,
    alter column city drop not null,
    add constraint households_address_check check (num_nulls(address_lines, postal_code, city) in (0, 3) and (city is not null or country is null));
