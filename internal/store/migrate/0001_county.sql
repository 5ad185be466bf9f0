-- +goose Up
-- A county, its counters and its units. county_id is the integer division code and leads every key.

create table county (
    county_id     bigint  not null primary key,
    name          text    not null,
    business_date text,              -- fixed date of an invented county; null: the calendar's
    created_at    text    not null
);

-- The only source of compact integers and of voucher numbers.
create table counter (
    county_id bigint not null,
    name      text   not null,
    value     bigint not null,
    primary key (county_id, name)
) /* clustered */;

create table unit (
    county_id  bigint not null,
    unit_id    bigint not null,
    code       text   not null,
    name       text   not null,
    kind       text   not null check (kind in ('county', 'department', 'township', 'office', 'centre', 'station', 'branch', 'village')),
    parent_id  bigint,
    path       text   not null,       -- /1/5/23/: the unit ids from the county down to this one
    mnemonic   text   not null,       -- pinyin initials
    valid_from text   not null,
    valid_to   text,                  -- last day; null: still valid
    primary key (county_id, unit_id),
    constraint unit_code unique (county_id, code),
    constraint unit_parent foreign key (county_id, parent_id) references unit (county_id, unit_id)
);
create index unit_by_path on unit (county_id, path);

-- Thresholds, rates, lives, caps and days: dated values with the document that set them.
create table rule (
    county_id   bigint not null,
    code        text   not null,
    unit_id     bigint not null,      -- 0: the whole county
    valid_from  text   not null,
    valid_to    text,
    value       text   not null,
    document_no text   not null,
    note        text   not null,
    primary key (county_id, code, unit_id, valid_from)
) /* clustered */;
