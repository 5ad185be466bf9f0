-- +goose Up
-- The approved list of a county's bank accounts, the formats of their banks' files, and the statements that came in.
-- Amounts are bigint fen; money that came in is positive, on both sides.

create table bank_account (
    county_id   bigint not null,
    account_id  bigint not null,
    document_id text   not null,
    book_id     bigint not null,
    account     text   not null,      -- of the book, the lowest
    kind        text   not null check (kind in ('basic', 'zero', 'special', 'treasury', 'other')),
    bank        text   not null,
    name        text   not null,      -- 户名
    sealed      text   not null,      -- number, encrypted
    hash        text   not null,      -- keyed, by which it is found
    tail        text   not null,      -- last four figures, as pages show it
    opened_on   text   not null,
    basis       text   not null,      -- 文号 of the approval
    since       text   not null,      -- first month that is reconciled
    opening     bigint not null,      -- at the bank before that month
    format      text   not null,      -- code of the statements' format; empty: the common one
    maker_id    bigint not null,
    made_at     text   not null,
    closed_on   text   not null default '',
    close_basis text   not null default '',
    primary key (county_id, account_id),
    constraint bank_account_book foreign key (county_id, book_id) references book (county_id, book_id)
);
create unique index bank_account_document on bank_account (county_id, document_id);
create index bank_account_by_book on bank_account (county_id, book_id);

-- What was under way between book and bank when the account began to be reconciled.
create table bank_opening (
    county_id  bigint not null,
    account_id bigint not null,
    item       bigint not null,
    side       text   not null check (side in ('book', 'bank')),
    date       text   not null,
    ref        text   not null,
    amount     bigint not null,
    summary    text   not null,
    primary key (county_id, account_id, item),
    constraint bank_opening_account foreign key (county_id, account_id) references bank_account (county_id, account_id)
);

-- How a bank's files look. A code's newest checked row holds.
create table bank_format (
    county_id   bigint not null,
    document_id text   not null,
    code        text   not null,
    title       text   not null,
    purpose     text   not null check (purpose in ('statement', 'treasury', 'tax', 'batch', 'answer')),
    layout      text   not null,      -- json
    key         text   not null,      -- public key of the bank that signs answers; else empty
    maker_id    bigint not null,
    made_at     text   not null,
    primary key (county_id, document_id)
);
create index bank_format_by_code on bank_format (county_id, code);

create table statement_file (
    county_id    bigint not null,
    account_id   bigint not null,
    file_id      bigint not null,
    document_id  text   not null,
    source       text   not null check (source in ('bank', 'treasury', 'tax')),
    name         text   not null,
    from_date    text   not null,
    to_date      text   not null,
    opening      bigint not null,     -- at the bank before the first line; 0 where the source has no balance
    closing      bigint not null,
    lines        bigint not null,     -- that it added
    digest       text   not null,     -- SHA-256 of the rows that it added
    maker_id     bigint not null,
    made_at      text   not null,
    withdrawn_at text   not null default '',
    primary key (county_id, account_id, file_id),
    constraint statement_file_account foreign key (county_id, account_id) references bank_account (county_id, account_id)
);
create unique index statement_file_document on statement_file (county_id, document_id);

-- One line of a statement, in its order. Never changed.
create table statement_line (
    county_id    bigint not null,
    account_id   bigint not null,
    line_id      bigint not null,
    file_id      bigint not null,
    date         text   not null,
    ref          text   not null,
    code         text   not null,
    amount       bigint not null,
    balance      bigint not null,
    counterparty text   not null,
    summary      text   not null,
    primary key (county_id, account_id, line_id)
) /* clustered */;
