-- +goose Up
-- Books, accounts below the official ones, vouchers, entries and balances. Amounts are bigint fen.

create table book (
    county_id      bigint not null,
    book_id        bigint not null,
    code           text   not null,
    name           text   not null,
    unit_id        bigint not null,
    chart          text   not null check (chart in ('government', 'village', 'general-budget')),
    regime         text   not null check (regime in ('administrative', 'institution', 'village', 'finance')),
    start_period   text   not null,
    closed_through text   not null,   -- last closed month; the month before start_period while none is
    accounts_mark  bigint not null,   -- raised whenever an account is added, so that caches know
    created_at     text   not null,
    primary key (county_id, book_id),
    constraint book_code unique (county_id, code),
    constraint book_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);
create index book_by_unit on book (county_id, unit_id);

-- A book stays on the edition of its year.
create table book_year (
    county_id  bigint  not null,
    book_id    bigint  not null,
    year       integer not null,
    edition_id text    not null,
    closed_at  text,                  -- when the year was closed and its balances carried over
    primary key (county_id, book_id, year),
    constraint book_year_book foreign key (county_id, book_id) references book (county_id, book_id)
);

-- Accounts below the official ones, of the county (book_id 0) or of one book.
create table account (
    county_id  bigint  not null,
    chart      text    not null,
    book_id    bigint  not null,
    code       text    not null,
    name       text    not null,
    parent     text    not null,
    dimensions text    not null,      -- "inherit", or a list as in edition_account
    mnemonic   text    not null,
    from_year  integer not null,
    to_year    integer,               -- last year it takes entries; null: still in use
    primary key (county_id, chart, book_id, code)
);

-- An account with its dimensions, interned once per county.
create table combination (
    county_id      bigint not null,
    combination_id bigint not null,
    chart          text   not null,
    account        text   not null,
    unit_id        bigint not null,
    function       text   not null,
    economic       text   not null,
    project        text   not null,
    fund           text   not null,
    party          text   not null,
    primary key (county_id, combination_id),
    constraint combination_parts unique (county_id, chart, account, unit_id, function, economic, project, fund, party)
);

-- Vouchers that are not posted yet, as people typed them.
create table voucher_draft (
    county_id   bigint  not null,
    document_id text    not null,
    book_id     bigint  not null,
    period      text    not null,
    word        text    not null,
    number      bigint,               -- taken at submitting, kept when voided
    date        text    not null,
    kind        text    not null check (kind in ('ordinary', 'closing')),
    attachments bigint  not null,
    summary     text    not null,
    amount      bigint  not null,     -- debit of the financial half, fen; 0 where the text is not a number yet
    lines       text    not null,     -- json, as typed
    reverses    text,                 -- "2026-10|记|12" of the voucher that this one takes back
    source      text    not null,     -- document that made it; empty: made by hand
    note        text    not null,     -- why the proposed budgetary half was changed
    maker_id    bigint  not null,
    primary key (county_id, document_id),
    constraint voucher_draft_book foreign key (county_id, book_id) references book (county_id, book_id)
);
create index voucher_draft_by_book on voucher_draft (county_id, book_id, period);

create table voucher (
    county_id   bigint not null,
    book_id     bigint not null,
    period      text   not null,
    word        text   not null,
    number      bigint not null,
    document_id text   not null,
    date        text   not null,
    kind        text   not null check (kind in ('ordinary', 'closing')),
    attachments bigint not null,
    summary     text   not null,
    amount      bigint not null,
    reverses    text,
    source      text   not null,
    note        text   not null,
    maker_id    bigint not null,
    checker_id  bigint not null,
    poster_id   bigint not null,
    posted_at   text   not null,
    primary key (county_id, book_id, period, word, number)
) /* clustered */;
-- A voucher is taken back once.
create unique index voucher_reversal on voucher (county_id, book_id, reverses) where reverses is not null;

create table entry (
    county_id      bigint not null,
    book_id        bigint not null,
    period         text   not null,
    word           text   not null,
    number         bigint not null,
    line           bigint not null,
    combination_id bigint not null,
    summary        text   not null,
    debit          bigint not null,
    credit         bigint not null,
    primary key (county_id, book_id, period, word, number, line)
) /* clustered */;

-- Movements by month; month 00 holds the year's opening.
create table balance (
    county_id      bigint not null,
    book_id        bigint not null,
    period         text   not null,
    combination_id bigint not null,
    kind           text   not null check (kind in ('ordinary', 'closing')),
    debit          bigint not null,
    credit         bigint not null,
    primary key (county_id, book_id, period, combination_id, kind)
) /* clustered */;

-- The same movements over all books of the county, for province statements.
create table total (
    county_id bigint not null,
    period    text   not null,
    chart     text   not null,
    account   text   not null,
    function  text   not null,
    kind      text   not null,
    debit     bigint not null,
    credit    bigint not null,
    primary key (county_id, period, chart, account, function, kind)
) /* clustered */;

-- Each closing and each reopening of a month, with the checks as they stood.
create table month_close (
    county_id bigint not null,
    book_id   bigint not null,
    period    text   not null,
    at        text   not null,
    act       text   not null check (act in ('close', 'reopen')),
    document_id text not null,
    person_id bigint not null,
    checks    text   not null,        -- json: each check with its state and sentence
    primary key (county_id, book_id, period, document_id, act)
) /* clustered */;

-- Budget of a general budget book by account and class, fen.
create table budget_line (
    county_id bigint  not null,
    book_id   bigint  not null,
    year      integer not null,
    account   text    not null,
    function  text    not null,
    budget    bigint  not null,
    adjusted  bigint  not null,
    primary key (county_id, book_id, year, account, function),
    constraint budget_line_book foreign key (county_id, book_id) references book (county_id, book_id)
);
