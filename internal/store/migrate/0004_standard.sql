-- +goose Up
-- Official tables by edition: reference data, the same for every county.

create table edition (
    edition_id text    not null primary key,
    kind       text    not null,      -- government, village, general-budget (charts); function, economic-department, economic-government, revenue
    title      text    not null,
    source     text    not null,
    status     text    not null check (status in ('current', 'superseded')),
    from_year  integer not null,
    to_year    integer
);

create table edition_account (
    edition_id text    not null,
    code       text    not null,
    name       text    not null,
    parent     text    not null,
    half       text    not null check (half in ('financial', 'budgetary')),
    element    text    not null,
    direction  integer not null check (direction in (1, -1)),
    applies_to text    not null,
    dimensions text    not null,      -- "function!7,economic!,project": ! marks a required one, a number its least length
    mnemonic   text    not null,
    confirmed  boolean not null,      -- false: written from memory, not seen in a source
    source     text    not null,
    primary key (edition_id, code)
);

create table edition_class (
    edition_id text    not null,
    code       text    not null,
    name       text    not null,
    level      text    not null,
    parent     text    not null,
    mnemonic   text    not null,
    confirmed  boolean not null,
    source     text    not null,
    primary key (edition_id, code)
);
