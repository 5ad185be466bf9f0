-- +goose Up
-- Plans and payments (用款计划、国库集中支付): monthly plans beside the appropriation lines, requests with their approvals,
-- orders to the paying bank, its answers, and who vouches for the vouchers that payments post. Amounts are bigint fen.

-- What the plans of a line come to over the year; never more than its adjusted budget.
alter table appropriation_line add column planned bigint not null default 0;

-- A plan (用款计划): a document that gives months of lines an amount, or takes it back.
create table payment_plan (
    county_id   bigint  not null,
    document_id text    not null,
    unit_id     bigint  not null,
    year        integer not null,
    note        text    not null,
    maker_id    bigint  not null,
    primary key (county_id, document_id),
    constraint payment_plan_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);

create table payment_plan_item (
    county_id   bigint  not null,
    document_id text    not null,
    item        bigint  not null,
    line_id     bigint  not null,
    month       integer not null check (month between 1 and 12),
    amount      bigint  not null check (amount <> 0),     -- negative: taken back
    primary key (county_id, document_id, item),
    constraint payment_plan_item_line foreign key (county_id, line_id) references appropriation_line (county_id, line_id)
);

-- One row per line, changed by guarded statements only: what each month was given, and what requests use.
create table payment_plan_line (
    county_id bigint not null,
    line_id   bigint not null,
    m1  bigint not null default 0 check (m1 >= 0),  m2  bigint not null default 0 check (m2 >= 0),
    m3  bigint not null default 0 check (m3 >= 0),  m4  bigint not null default 0 check (m4 >= 0),
    m5  bigint not null default 0 check (m5 >= 0),  m6  bigint not null default 0 check (m6 >= 0),
    m7  bigint not null default 0 check (m7 >= 0),  m8  bigint not null default 0 check (m8 >= 0),
    m9  bigint not null default 0 check (m9 >= 0),  m10 bigint not null default 0 check (m10 >= 0),
    m11 bigint not null default 0 check (m11 >= 0), m12 bigint not null default 0 check (m12 >= 0),
    used bigint not null default 0,                       -- held and paid, refunds taken off
    primary key (county_id, line_id),
    constraint payment_plan_line_used check (used >= 0 and used <= m1 + m2 + m3 + m4 + m5 + m6 + m7 + m8 + m9 + m10 + m11 + m12),
    constraint payment_plan_line_line foreign key (county_id, line_id) references appropriation_line (county_id, line_id)
) /* clustered */;

-- Who approves and reviews, as dated rows. All rows of a regime and a first day are one chain; those of one place sign in
-- any order.
create table payment_stage (
    county_id   bigint  not null,
    regime      text    not null,     -- empty: every regime that has no chain of its own
    valid_from  text    not null,
    place       integer not null,
    role        text    not null,
    duty        text    not null check (duty in ('A', 'V')),
    basis       text    not null,     -- personnel, office, project; empty: all
    least       bigint  not null,     -- from this amount on
    document_no text    not null,
    primary key (county_id, regime, valid_from, place, role, basis)
) /* clustered */;

-- The accounts out of which orders pay, nearest to the unit first.
create table paying_account (
    county_id   bigint not null,
    account_id  bigint not null,
    unit_id     bigint not null,
    mode        text   not null,      -- empty: every mode
    number      text   not null,
    title       text   not null,
    bank        text   not null,
    valid_from  text   not null,
    valid_to    text,
    document_no text   not null,
    primary key (county_id, account_id),
    constraint paying_account_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);

-- Who vouches for the vouchers that a unit's payments post, and into which book.
create table booking_mandate (
    county_id     bigint not null,
    unit_id       bigint not null,
    valid_from    text   not null,
    book_id       bigint,             -- null: the unit's own
    maker_login   bigint not null,
    checker_login bigint not null,
    document_no   text   not null,
    primary key (county_id, unit_id, valid_from),
    constraint booking_mandate_unit foreign key (county_id, unit_id) references unit (county_id, unit_id),
    constraint booking_mandate_book foreign key (county_id, book_id) references book (county_id, book_id)
);

create table payment_request (
    county_id   bigint  not null,
    document_id text    not null,
    number      text    not null,
    line_id     bigint  not null,
    unit_id     bigint  not null,     -- the line's
    payee_id    bigint  not null,
    account_by  text    not null,     -- change of the payee that gave the account
    paying_id   bigint  not null,     -- account that pays
    amount      bigint  not null check (amount > 0),
    purpose     text    not null,
    economic    text    not null,
    method      text    not null check (method in ('transfer', 'cash', 'card')),
    contract    text    not null,
    urgent      boolean not null,
    reason      text    not null,     -- why what looks like a duplicate is none, why cash or no card
    on_day      text    not null,
    regime      text    not null,
    chain_from  text    not null,     -- the chain that holds for it
    chain_of    text    not null,     -- its regime, empty: the general one
    round       bigint  not null,     -- signatures of earlier rounds no longer count
    maker_id    bigint  not null,
    queue       text    not null check (queue in ('', 'approve', 'order', 'bank', 'mend', 'book')),   -- what it waits for
    order_id    text,                 -- the order that it stands in, or last stood in once it was paid
    paid_on     text    not null default '',
    reference   text    not null default '',      -- the bank's
    trouble     text    not null default '',      -- why the bank failed it, or why it is not booked
    unit_voucher    text,             -- book and number
    general_voucher text,
    primary key (county_id, document_id),
    constraint payment_request_line foreign key (county_id, line_id) references appropriation_line (county_id, line_id),
    constraint payment_request_payee foreign key (county_id, payee_id) references payee (county_id, payee_id),
    constraint payment_request_paying foreign key (county_id, paying_id) references paying_account (county_id, account_id)
);
create index payment_request_by_unit on payment_request (county_id, unit_id);
create index payment_request_by_payee on payment_request (county_id, payee_id, on_day);
create index payment_request_by_order on payment_request (county_id, order_id) where order_id is not null;
create index payment_request_waiting on payment_request (county_id, queue) where queue <> '';

create table payment_invoice (
    county_id   bigint not null,
    document_id text   not null,
    number      text   not null,
    date        text   not null,
    amount      bigint not null check (amount > 0),
    primary key (county_id, document_id, number)
) /* clustered */;

-- An invoice pays once over the county; the row goes when its request is refused.
create table invoice_claim (
    county_id   bigint not null,
    number      text   not null,
    document_id text   not null,
    primary key (county_id, number)
) /* clustered */;

create table payment_signature (
    county_id   bigint  not null,
    document_id text    not null,
    round       bigint  not null,
    person_id   bigint  not null,
    place       integer not null,
    role        text    not null,
    amount      bigint  not null,     -- that the person saw
    at          text    not null,
    primary key (county_id, document_id, round, person_id)
) /* clustered */;

create table payment_order (
    county_id   bigint not null,
    document_id text   not null,
    number      text   not null,
    paying_id   bigint not null,
    unit_id     bigint not null,
    on_day      text   not null,
    lines       bigint not null,
    total       bigint not null,
    maker_id    bigint not null,
    answer      text   not null default '',       -- SHA-256 of the answer that was taken
    primary key (county_id, document_id)
);
create unique index payment_order_number on payment_order (county_id, number);

create table payment_order_line (
    county_id   bigint not null,
    order_id    text   not null,
    seq         bigint not null,
    document_id text   not null,
    number      text   not null,
    account_by  text   not null,
    amount      bigint not null,
    primary key (county_id, order_id, seq)
) /* clustered */;

create table payment_result (
    county_id   bigint  not null,
    order_id    text    not null,
    seq         bigint  not null,     -- of the order's line
    paid        boolean not null,
    reason      text    not null,
    reference   text    not null,
    on_day      text    not null,
    primary key (county_id, order_id, seq)
) /* clustered */;
