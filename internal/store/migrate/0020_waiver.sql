-- +goose Up
-- Waivers of duties become documents: one officer of the county proposes, another grants, and one ends before its last
-- day; and which steps used one. Nothing could grant a waiver before, so the former table holds none.

drop table duty_waiver;

create table duty_waiver (
    county_id   bigint not null,
    document_id text   not null,
    duty_a      text   not null,
    duty_b      text   not null,
    unit_id     bigint not null,      -- holds for this unit and everything below it
    valid_from  text   not null,
    valid_to    text   not null,
    reason      text   not null,
    document_no text   not null,
    proposed_by bigint not null,
    granted_by  bigint not null,      -- 0: not granted
    granted_at  text   not null,      -- empty: not granted
    ended_on    text   not null,      -- from this day on nobody uses it; empty: until its last day
    primary key (county_id, document_id),
    constraint duty_waiver_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
) /* clustered */;
create index duty_waiver_by_pair on duty_waiver (county_id, duty_a, duty_b);

-- The steps that a waiver allowed, with the person whom the pair would have barred.
create table waiver_use (
    county_id   bigint not null,
    document_id text   not null,
    version     bigint not null,
    waiver_id   text   not null,
    person_id   bigint not null,
    used_on     text   not null,
    primary key (county_id, document_id, version, waiver_id, person_id),
    constraint waiver_use_waiver foreign key (county_id, waiver_id) references duty_waiver (county_id, document_id)
) /* clustered */;
create index waiver_use_by_day on waiver_use (county_id, used_on);
