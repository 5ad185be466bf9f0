-- +goose Up
-- Values of figures as the documents that cite them froze them, with the records that they were computed from.

create table figure_frozen (
    county_id   bigint not null,
    document_id text   not null,      -- the citing document
    code        text   not null,
    unit_id     bigint not null,      -- scope: the unit and everything below it
    as_of       text   not null,
    numerator   bigint not null,
    denominator bigint not null,      -- 0: a count, or nothing to divide by
    value       text   not null,      -- as it is written, rounded
    records     text   not null,      -- json of the rows, whose SHA-256 stands in the leaf with the value
    frozen_at   text   not null,
    primary key (county_id, document_id, code, unit_id),
    constraint figure_frozen_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
) /* clustered */;

create table figure_record (
    county_id   bigint not null,
    document_id text   not null,
    unit_id     bigint not null,
    as_of       text   not null,
    purpose     text   not null,
    person_id   bigint not null,
    kept_at     text   not null,
    primary key (county_id, document_id),
    constraint figure_record_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);
create index figure_record_by_unit on figure_record (county_id, unit_id, kept_at);
