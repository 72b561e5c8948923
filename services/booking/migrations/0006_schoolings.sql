-- Where children go to school: a replica, one row for each stretch of days.

create table schooling_records (
    child_id uuid primary key,
    version bigint not null
);

create table child_schoolings (
    child_id uuid not null references schooling_records on delete cascade,
    starts_on date not null,
    ends_on date not null,
    level text not null,
    school_code text,
    class_label text,
    primary key (child_id, starts_on)
);
