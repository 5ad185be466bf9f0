-- +goose Up
-- Units that are renamed, merged, split or ended, and what becomes of their books. Posted rows stay as they are.

-- One change with the document that ordered it. The document engine holds its state and its leaf under the same id.
create table unit_change (
    county_id   bigint not null,
    document_id text   not null,
    kind        text   not null check (kind in ('rename', 'merge', 'split', 'end')),
    on_date     text   not null,      -- first day of the new order
    document_no text   not null,
    reason      text   not null,
    person_id   bigint not null,
    at          text   not null,
    primary key (county_id, document_id)
);

create table unit_change_part (
    county_id   bigint not null,
    document_id text   not null,
    unit_id     bigint not null,
    part        text   not null check (part in ('renamed', 'ended', 'successor')),
    name        text   not null,      -- before the change
    primary key (county_id, document_id, unit_id),
    constraint unit_change_part_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);
create index unit_change_by_unit on unit_change_part (county_id, unit_id);

-- What a unit or a book was called until a day. The name in the row itself is the present one.
create table former_name (
    county_id  bigint not null,
    subject    text   not null check (subject in ('unit', 'book')),
    subject_id bigint not null,
    valid_to   text   not null,
    name       text   not null,
    primary key (county_id, subject, subject_id, valid_to)
) /* clustered */;

-- Whose a book was until a day. Rights follow the unit in the book's row.
create table book_former_unit (
    county_id bigint not null,
    book_id   bigint not null,
    valid_to  text   not null,
    unit_id   bigint not null,
    primary key (county_id, book_id, valid_to),
    constraint book_former_unit_book foreign key (county_id, book_id) references book (county_id, book_id),
    constraint book_former_unit_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
) /* clustered */;

-- Last day that a book takes vouchers, where it was ended by a change of units.
alter table book add column ended_on text;
