-- +goose Up
-- How a person wants things printed: paper, size of type, copies, offsets of an overlay.

create table print_setup (
    county_id  bigint not null,
    person_id  bigint not null,
    setup      text   not null,       -- json
    changed_at text   not null,
    primary key (county_id, person_id)
);
