-- +goose Up
-- Under whom a unit stood until a day. The path in the unit's row is the present one; rights follow it.

create table unit_former_parent (
    county_id bigint not null,
    unit_id   bigint not null,
    valid_to  text   not null,
    parent_id bigint not null,
    primary key (county_id, unit_id, valid_to),
    constraint unit_former_parent_unit foreign key (county_id, unit_id) references unit (county_id, unit_id),
    constraint unit_former_parent_parent foreign key (county_id, parent_id) references unit (county_id, unit_id)
) /* clustered */;
