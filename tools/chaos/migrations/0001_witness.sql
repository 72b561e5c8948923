-- What the witness saw. Nothing here is unique on purpose: what has its effect twice must show.

create table effects (
    id bigint generated always as identity primary key,
    event_id uuid not null,
    topic text not null,
    key text not null,
    sequence bigint not null
);

create table ticks (
    id bigint generated always as identity primary key,
    backend integer not null,
    started_at timestamptz not null,
    began_at timestamptz not null,
    ended_at timestamptz
);
