-- +goose Up
-- The document that set the balances with which a book starts, the last where they were set again. Books that were
-- opened before another person checked openings have none.

create table book_opening (
    county_id   bigint not null,
    book_id     bigint not null,
    document_id text   not null,
    primary key (county_id, book_id),
    constraint book_opening_book foreign key (county_id, book_id) references book (county_id, book_id)
) /* clustered */;
