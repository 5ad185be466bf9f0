-- +goose Up
-- Persons, their logins, roles and sessions. Personal identifiers are sealed; a keyed hash finds them.

create table person (
    county_id  bigint not null,
    person_id  bigint not null,
    name       text   not null,
    id_sealed  text   not null,       -- identity number, authenticated encryption
    id_hash    text   not null,       -- keyed hash of it: one person is one row, whatever logins he has
    id_masked  text   not null,       -- what pages show
    unit_id    bigint not null,
    created_at text   not null,
    primary key (county_id, person_id),
    constraint person_identity unique (county_id, id_hash),
    constraint person_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);

create table login (
    county_id     bigint  not null,
    login_id      bigint  not null,
    name          text    not null,
    person_id     bigint  not null,
    password_hash text    not null,   -- argon2id in PHC form
    must_change   boolean not null,
    failures      integer not null default 0,
    locked_until  text,
    disabled_at   text,
    created_at    text    not null,
    primary key (county_id, login_id),
    constraint login_name unique (county_id, name),
    constraint login_person foreign key (county_id, person_id) references person (county_id, person_id)
);

create table role_grant (
    county_id  bigint not null,
    login_id   bigint not null,
    role       text   not null,
    unit_id    bigint not null,       -- the role holds for this unit and everything below it
    valid_from text   not null,
    valid_to   text,
    granted_by bigint not null,       -- person; 0: the program at init
    granted_at text   not null,
    primary key (county_id, login_id, role, unit_id, valid_from),
    constraint role_grant_login foreign key (county_id, login_id) references login (county_id, login_id),
    constraint role_grant_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);

create table session (
    county_id  bigint not null,
    token_hash text   not null,       -- SHA-256 of the cookie, so that a copy of the table signs nobody in
    login_id   bigint not null,
    csrf       text   not null,
    created_at text   not null,
    seen_at    text   not null,
    expires_at text   not null,
    primary key (county_id, token_hash),
    constraint session_login foreign key (county_id, login_id) references login (county_id, login_id)
);

-- Every attempt to sign in, kept as it was.
create table sign_in (
    county_id bigint not null,
    at        text   not null,
    name      text   not null,
    outcome   text   not null check (outcome in ('ok', 'wrong', 'locked', 'disabled')),
    address   text   not null,
    attempt   text   not null,
    primary key (county_id, at, attempt)
) /* clustered */;
