-- +goose Up
-- What a county says of its working calendar beside the national notices that ship with the program.

create table workday_notice (
    county_id   bigint  not null,
    document_id text    not null,
    document_no text    not null,     -- 文号 of the notice that sets the days
    year        integer not null,     -- the year that it arranges as a whole; 0: single days only
    person_id   bigint  not null,
    set_at      text    not null,
    primary key (county_id, document_id)
) /* clustered */;

create table workday (
    county_id   bigint  not null,
    document_id text    not null,
    day         text    not null,
    rest        boolean not null,     -- else a working day
    name        text    not null,     -- 春节, 调休上班
    primary key (county_id, document_id, day),
    constraint workday_of_notice foreign key (county_id, document_id) references workday_notice (county_id, document_id)
) /* clustered */;
