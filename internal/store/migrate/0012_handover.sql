-- +goose Up
-- Posts that pass to another person: for a time (delegation) and for good (handover).

create table delegation (
    county_id   bigint not null,
    document_id text   not null,
    from_login  bigint not null,      -- whose role it is
    to_login    bigint not null,      -- who acts under it
    role        text   not null,
    unit_id     bigint not null,      -- the role holds for this unit and everything below it
    valid_from  text   not null,
    valid_to    text   not null,      -- last day; it ends by itself
    reason      text   not null,
    primary key (county_id, document_id),
    constraint delegation_from foreign key (county_id, from_login) references login (county_id, login_id),
    constraint delegation_to foreign key (county_id, to_login) references login (county_id, login_id),
    constraint delegation_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);
create index delegation_by_to on delegation (county_id, to_login);

create table handover (
    county_id    bigint not null,
    document_id  text   not null,
    unit_id      bigint not null,
    leaver_id    bigint not null,
    successor_id bigint not null,
    witness_id   bigint not null,
    cause        text   not null,
    things       text   not null,     -- seals, cheques, receipts, keys: as the leaver lists them
    items        text   not null,     -- json: the open items as they stood when the leaver signed; empty until then
    started_by   bigint not null,
    started_at   text   not null,
    leaver_at    text,
    successor_at text,
    witness_at   text,
    primary key (county_id, document_id),
    constraint handover_leaver foreign key (county_id, leaver_id) references person (county_id, person_id),
    constraint handover_successor foreign key (county_id, successor_id) references person (county_id, person_id),
    constraint handover_witness foreign key (county_id, witness_id) references person (county_id, person_id)
);

-- The handover for which a person's logins are frozen for new work; null: none is under way.
alter table person add column handover_id text;
