-- +goose Up
-- Documents, the steps they have taken, and what is attached to them.

create table document (
    county_id   bigint  not null,
    document_id text    not null,     -- UUIDv7 made by the program, carried by the form as its idempotency key
    kind        text    not null,
    state       text    not null,
    version     bigint  not null check (version > 0),
    unit_id     bigint  not null,
    chain_id    text,                 -- first document of a chain of linked ones; null: it stands alone
    ref         text    not null,     -- business number; empty until it has one
    duties      text    not null,     -- who did what on it, as "M:12,C:15"
    updated_at  text    not null,
    primary key (county_id, document_id)
) /* clustered */;
create index document_by_chain on document (county_id, chain_id) where chain_id is not null;

-- One leaf per step, in its final bytes. Never updated but for the log position, which is null until sequenced.
create table trail (
    county_id   bigint not null,
    document_id text   not null,
    version     bigint not null,
    step        text   not null,
    person_id   bigint not null,
    at          text   not null,
    reason      text,                 -- as the person wrote it; the leaf holds a salted commitment to it
    leaf        text   not null,      -- canonical json (RFC 8785)
    position    bigint,
    primary key (county_id, document_id, version)
) /* clustered */;

-- Salts of the commitments in leaves. Erasing one makes its commitment unreadable for good.
create table trail_salt (
    county_id   bigint not null,
    document_id text   not null,
    version     bigint not null,
    field       text   not null,
    salt        text   not null,
    primary key (county_id, document_id, version, field)
) /* clustered */;

-- Pairs of duties that the county has allowed one person for a time (never the pairs that the law forbids).
create table duty_waiver (
    county_id   bigint not null,
    duty_a      text   not null,
    duty_b      text   not null,
    unit_id     bigint not null,      -- holds for this unit and everything below it
    valid_from  text   not null,
    valid_to    text   not null,
    reason      text   not null,
    document_no text   not null,
    granted_by  bigint not null,
    primary key (county_id, duty_a, duty_b, unit_id, valid_from),
    constraint duty_waiver_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);

create table attachment (
    county_id   bigint not null,
    document_id text   not null,
    sha256      text   not null,      -- names the file in the content-addressed folder
    name        text   not null,
    media_type  text   not null,
    bytes       bigint not null,
    person_id   bigint not null,
    added_at    text   not null,
    primary key (county_id, document_id, sha256)
);
