-- +goose Up
-- What accountants write again and again: summaries under short codes, and voucher templates.

create table usual_summary (
    county_id  bigint  not null,
    summary_id text    not null,      -- UUIDv7 carried by the form
    book_id    bigint  not null,
    person_id  bigint  not null,      -- whose own it is; 0: the book's
    code       text    not null,      -- empty: none
    words      text    not null,
    mnemonic   text    not null,
    version    bigint  not null,
    changed_by bigint  not null,
    changed_at text    not null,
    ended      boolean not null,
    primary key (county_id, summary_id),
    constraint usual_summary_book foreign key (county_id, book_id) references book (county_id, book_id)
);
create unique index usual_summary_code on usual_summary (county_id, book_id, person_id, code) where code <> '' and not ended;
create unique index usual_summary_words on usual_summary (county_id, book_id, person_id, words) where not ended;

create table voucher_template (
    county_id   bigint  not null,
    template_id text    not null,     -- UUIDv7 carried by the form
    book_id     bigint  not null,     -- 0: all books of the office with the chart
    unit_id     bigint  not null,     -- the office; 0: one book's
    chart       text    not null check (chart in ('government', 'village', 'general-budget')),
    person_id   bigint  not null,     -- whose own it is; 0: shared
    code        text    not null,     -- empty: none
    name        text    not null,
    mnemonic    text    not null,
    word        text    not null,
    lines       text    not null,     -- json, amounts as typed: a number, a formula, or empty
    version     bigint  not null,
    changed_by  bigint  not null,
    changed_at  text    not null,
    ended       boolean not null,
    primary key (county_id, template_id),
    constraint voucher_template_place check ((book_id = 0) <> (unit_id = 0))
);
create index voucher_template_by_book on voucher_template (county_id, book_id, unit_id) where not ended;
