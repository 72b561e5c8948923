-- Schools of the town, their classes year by year, where each child goes to school, and changes of classes of a whole school.

create table schools (
    school_code text primary key,
    label text not null,
    levels text[] not null check (cardinality(levels) > 0)
);

-- `label_key` is the label as it is compared with another.
create table classes (
    class_id uuid primary key,
    school_code text not null references schools,
    school_year integer not null,
    label text not null,
    label_key text not null,
    levels text[] not null check (cardinality(levels) > 0),
    teacher text,
    is_closed boolean not null default false,
    unique (class_id, school_code, school_year)
);
create unique index classes_open on classes (school_code, school_year, label_key) where not is_closed;
create index classes_of_school on classes (school_code, school_year);

-- A row is of one school year. Neither school nor name: the child is out of school.
create table schoolings (
    child_id uuid not null references children on delete cascade,
    school_year integer not null,
    level text not null,
    school_code text references schools,
    elsewhere text,
    class_id uuid,
    during daterange not null check (not isempty(during) and not lower_inf(during)),
    check (school_code is null or elsewhere is null),
    check (class_id is null or school_code is not null),
    check (during <@ daterange(make_date(school_year, 9, 1), make_date(school_year + 1, 9, 1))),
    foreign key (class_id, school_code, school_year) references classes (class_id, school_code, school_year),
    exclude using gist (child_id with =, during with &&)
);
create index schoolings_of_school on schoolings (school_code, school_year);
create index schoolings_of_class on schoolings (class_id);

create table class_changes (
    run_id uuid primary key,
    school_code text not null references schools,
    school_year integer not null,
    status text not null check (status in ('prepared', 'running', 'done', 'undone')),
    created_at timestamptz not null,
    created_by uuid not null,
    confirmed_at timestamptz,
    confirmed_by uuid,
    finished_at timestamptz,
    undone_at timestamptz,
    undone_by uuid,
    check ((confirmed_at is null) = (confirmed_by is null)),
    check ((undone_at is null) = (undone_by is null)),
    check ((status = 'prepared') = (confirmed_at is null)),
    check ((status in ('prepared', 'running')) = (finished_at is null)),
    check ((status = 'undone') = (undone_at is not null))
);
-- A school's year changes once, whoever starts it and however often.
create unique index class_changes_once on class_changes (school_code, school_year) where status <> 'undone';
create index class_changes_of_school on class_changes (school_code);
create index class_changes_running on class_changes (run_id) where status = 'running';
create index class_changes_age on class_changes (coalesce(undone_at, finished_at, created_at));

-- What becomes of the pupils of a level of a class.
create table class_change_steps (
    run_id uuid not null references class_changes on delete cascade,
    class_id uuid not null references classes,
    level text not null,
    kind text not null,
    to_class_id uuid references classes,
    primary key (run_id, class_id, level)
);
create index class_change_steps_class on class_change_steps (class_id);
create index class_change_steps_to on class_change_steps (to_class_id);

-- What becomes of one pupil, in the place of that.
create table class_change_pupils (
    run_id uuid not null references class_changes on delete cascade,
    child_id uuid not null references children on delete cascade,
    kind text not null,
    to_class_id uuid references classes,
    primary key (run_id, child_id)
);
create index class_change_pupils_child on class_change_pupils (child_id);
create index class_change_pupils_to on class_change_pupils (to_class_id);

-- The report, from the start on. `position` is the pupil's place in the list.
create table class_change_lines (
    run_id uuid not null references class_changes on delete cascade,
    child_id uuid not null references children on delete cascade,
    position integer not null,
    class_id uuid references classes,
    level text not null,
    outcome text not null,
    own_kind text,
    to_class_id uuid references classes,
    to_level text,
    primary key (run_id, child_id),
    unique (run_id, position)
);
create index class_change_lines_waiting on class_change_lines (run_id, child_id) where outcome = 'to_move';
create index class_change_lines_child on class_change_lines (child_id);
create index class_change_lines_class on class_change_lines (class_id);
create index class_change_lines_to on class_change_lines (to_class_id);
