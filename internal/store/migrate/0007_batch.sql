-- +goose Up
-- The same step on many vouchers or books: what a person asked for, and how far each of them has come.

create table batch (
    county_id  bigint not null,
    batch_id   text   not null,       -- UUIDv7 made by the program, carried by the form as its idempotency key
    kind       text   not null check (kind in ('enter', 'enter-submit', 'check', 'return', 'post', 'carry-over', 'close', 'year-close')),
    person_id  bigint not null,       -- in whose name each step is taken
    unit_id    bigint not null,       -- the lowest unit that all its books belong to
    reason     text   not null,       -- of the steps that demand one
    created_at text   not null,
    primary key (county_id, batch_id),
    constraint batch_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);
create index batch_by_person on batch (county_id, person_id, created_at);

create table batch_item (
    county_id   bigint  not null,
    batch_id    text    not null,
    item        integer not null,
    book_id     bigint  not null,
    document_id text    not null,     -- the voucher, or the id that the step gives what it makes
    version     bigint  not null,     -- of the voucher, as the person saw it
    period      text    not null,     -- the month to close; of a year, its December; else empty
    draft       text    not null,     -- json of the voucher to enter; else empty
    state       text    not null check (state in ('waiting', 'done', 'refused')),
    code        text    not null,     -- of the refusal
    message     text    not null,
    hint        text    not null,
    at          text    not null,     -- of the last try
    primary key (county_id, batch_id, item),
    constraint batch_item_batch foreign key (county_id, batch_id) references batch (county_id, batch_id)
) /* clustered */;
