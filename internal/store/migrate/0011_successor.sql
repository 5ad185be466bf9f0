-- +goose Up
-- Which account of a new chart takes over the balances of one that it no longer has, by book and the year that begins.

create table account_successor (
    county_id   bigint  not null,
    book_id     bigint  not null,
    year        integer not null,     -- the year that begins
    account     text    not null,     -- of the year before
    successor   text    not null,
    document_id text    not null,     -- that named it last
    primary key (county_id, book_id, year, account),
    constraint account_successor_book foreign key (county_id, book_id) references book (county_id, book_id)
);
