-- Agents: what the town says of them beside their account, and what waits for a second person.

-- Who an agent is, and what the town lets them do: roles of its settings, at some sites or at every one. Roles that nobody used for too
-- long have lapsed: they are kept by name and permit nothing. `name_key` has the words by which they are found, `list_key` is their place in a list. `employee_number` is what the town's own
-- provider may name them by; typed by those who create accounts, and never changed.
create table agents (
    account_id uuid primary key references accounts on delete cascade,
    first_name text not null,
    last_name text not null,
    service text not null,
    roles text[] not null,
    sites text[] not null,
    has_every_site boolean not null,
    roles_given_at timestamptz not null,
    roles_lapsed_at timestamptz,
    name_key text collate "C" not null,
    list_key text collate "C" not null,
    employee_number text unique check (employee_number <> ''),
    check (not has_every_site or sites = '{}')
);
create index agents_by_name on agents (list_key, account_id);

-- What an agent is to be once a second person confirms it. At most one waits for each agent; the others say a while how they ended.
create table agent_changes (
    change_id uuid primary key,
    account_id uuid not null references agents on delete cascade,
    -- The version of the agent that the change was made from.
    made_from text not null,
    first_name text not null,
    last_name text not null,
    service text not null,
    roles text[] not null,
    sites text[] not null,
    has_every_site boolean not null,
    is_disabled boolean not null,
    is_roles_return boolean not null,
    asked_by uuid not null,
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    outcome text check (outcome in ('confirmed', 'refused', 'replaced', 'expired')),
    decided_by uuid,
    decided_at timestamptz,
    check ((decided_by is null) = (decided_at is null)),
    check (decided_by is null or outcome in ('confirmed', 'refused'))
);
create index agent_changes_account on agent_changes (account_id);
create unique index agent_changes_awaited on agent_changes (account_id) where outcome is null;
create index agent_changes_age on agent_changes (expires_at);
