-- +goose Up
-- Appropriations (预算指标): lines with guarded sums, their moves, the orders that move them, and the memorandum ledger
-- that keeps every move by double entry. Amounts are bigint fen.

-- A line is never negative; its sums are changed by guarded statements only, each with one move.
create table appropriation_line (
    county_id    bigint  not null,
    line_id      bigint  not null,
    number       text    not null,
    year         integer not null,
    unit_id      bigint  not null,
    fund         text    not null,
    function     text    not null,
    gov_economic text    not null,
    economic     text    not null,
    project      text    not null,    -- empty: basic expenditure
    mode         text    not null check (mode in ('merged', 'direct', 'authorised', 'real')),
    origin       integer not null,    -- fiscal year in which the money was first given; before year: carried over
    purchase     boolean not null,
    guarantee    boolean not null,
    source_no    text    not null,    -- document that first gave it
    parent_id    bigint,              -- line of the year before that it carries on
    provisional  bigint  not null default 0,
    initial      bigint  not null default 0,
    carried_in   bigint  not null default 0,
    added        bigint  not null default 0,
    reduced      bigint  not null default 0,
    moved        bigint  not null default 0,   -- transfers, in less out
    frozen       bigint  not null default 0,
    held         bigint  not null default 0,
    spent        bigint  not null default 0,
    refunded     bigint  not null default 0,
    recalled     bigint  not null default 0,
    carried_out  bigint  not null default 0,
    moves        bigint  not null default 0,
    primary key (county_id, line_id),
    constraint appropriation_line_key unique (county_id, year, unit_id, fund, function, gov_economic, economic, project, mode, origin),
    constraint appropriation_line_unit foreign key (county_id, unit_id) references unit (county_id, unit_id),
    constraint appropriation_line_parent foreign key (county_id, parent_id) references appropriation_line (county_id, line_id),
    constraint appropriation_line_available check (
        provisional + initial + carried_in + added - reduced + moved - frozen - held - spent + refunded - recalled - carried_out >= 0),
    constraint appropriation_line_parts check (
        provisional >= 0 and initial >= 0 and carried_in >= 0 and added >= 0 and reduced >= 0 and frozen >= 0 and held >= 0
        and spent >= refunded and refunded >= 0 and recalled >= 0 and carried_out >= 0)
);
create unique index appropriation_line_number on appropriation_line (county_id, number);
create index appropriation_line_by_unit on appropriation_line (county_id, unit_id, year);

-- One change of a line, in the order in which they came. Never changed.
create table appropriation_move (
    county_id   bigint not null,
    line_id     bigint not null,
    seq         bigint not null,
    kind        text   not null,
    amount      bigint not null check (amount > 0),
    source      text   not null,      -- memorandum account that the money comes from or goes back to; empty where the kind says it
    document_id text   not null,
    number      text   not null,      -- business number of the document
    date        text   not null,
    available   bigint not null,      -- after the move
    maker_id    bigint not null,
    checker_id  bigint not null,      -- 0: the document's own approvals
    at          text   not null,
    primary key (county_id, line_id, seq)
) /* clustered */;
create index appropriation_move_by_document on appropriation_move (county_id, document_id);

create table memorandum_entry (
    county_id bigint not null,
    line_id   bigint not null,
    seq       bigint not null,
    part      bigint not null,        -- 1 debit, 2 credit
    account   text   not null,
    debit     bigint not null,
    credit    bigint not null,
    primary key (county_id, line_id, seq, part)
) /* clustered */;

create table memorandum_balance (
    county_id bigint not null,
    line_id   bigint not null,
    account   text   not null,
    debit     bigint not null,
    credit    bigint not null,
    primary key (county_id, line_id, account)
) /* clustered */;

-- An order (指标单): a document that moves lines once it takes effect.
create table appropriation_order (
    county_id   bigint  not null,
    document_id text    not null,
    kind        text    not null,
    year        integer not null,
    date        text    not null,
    source_no   text    not null,     -- 文号 of the document that orders it
    session_no  text    not null,     -- 文号 of the congress's session, where it decides
    note        text    not null,
    maker_id    bigint  not null,
    primary key (county_id, document_id)
);
create index appropriation_order_by_year on appropriation_order (county_id, year);

create table appropriation_item (
    county_id   bigint not null,
    document_id text   not null,
    item        bigint not null,
    move        text   not null,
    line_id     bigint not null,
    amount      bigint not null,
    source      text   not null,
    primary key (county_id, document_id, item),
    constraint appropriation_item_order foreign key (county_id, document_id) references appropriation_order (county_id, document_id),
    constraint appropriation_item_line foreign key (county_id, line_id) references appropriation_line (county_id, line_id)
);
create index appropriation_item_by_line on appropriation_item (county_id, line_id);
