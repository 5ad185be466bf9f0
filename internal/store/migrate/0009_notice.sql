-- +goose Up
-- Notices from the county or an office to the units beneath, and who has read them.

create table notice (
    county_id   bigint not null,
    document_id text   not null,
    unit_id     bigint not null,      -- who issues it; it is for this unit and everything below
    title       text   not null,
    body        text   not null,
    valid_from  text   not null,
    valid_to    text   not null,      -- last day on first pages
    person_id   bigint not null,
    issued_at   text   not null,
    primary key (county_id, document_id),
    constraint notice_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);
create index notice_by_end on notice (county_id, valid_to);

create table notice_read (
    county_id   bigint not null,
    document_id text   not null,
    person_id   bigint not null,
    at          text   not null,
    primary key (county_id, document_id, person_id),
    constraint notice_read_notice foreign key (county_id, document_id) references notice (county_id, document_id)
) /* clustered */;
