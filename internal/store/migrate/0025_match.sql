-- +goose Up
-- What book and bank say of the same money, matched by named persons, and the adjustment sheets of months.

-- One confirmation, of one group or of many.
create table bank_match (
    county_id   bigint not null,
    document_id text   not null,
    account_id  bigint not null,
    pass        text   not null,
    groups      bigint not null,
    maker_id    bigint not null,
    made_at     text   not null,
    primary key (county_id, document_id),
    constraint bank_match_account foreign key (county_id, account_id) references bank_account (county_id, account_id)
);

-- Lines and entries that come to the same. It holds from the day cleared on: that of its last part, or the first after the
-- last month whose sheet was signed before.
create table match_group (
    county_id   bigint not null,
    account_id  bigint not null,
    group_id    bigint not null,
    document_id text   not null,
    pass        text   not null,
    amount      bigint not null,
    cleared     text   not null,
    undone_by   text   not null,      -- document that took it back; empty while it holds
    primary key (county_id, account_id, group_id)
) /* clustered */;
create index match_group_by_document on match_group (county_id, document_id);

-- A line or an entry is in one group that holds.
create table match_item (
    county_id  bigint not null,
    account_id bigint not null,
    side       text   not null,
    item       text   not null,       -- number of a line; month|word|number|line of an entry; opening|number
    undone     bigint not null,       -- 0 while its group holds; else the group's number
    group_id   bigint not null,
    date       text   not null,
    amount     bigint not null,
    primary key (county_id, account_id, side, item, undone)
) /* clustered */;
create index match_item_by_group on match_item (county_id, account_id, group_id);

create table match_undo (
    county_id   bigint not null,
    document_id text   not null,
    account_id  bigint not null,
    groups      text   not null,      -- their numbers, with commas
    maker_id    bigint not null,
    made_at     text   not null,
    primary key (county_id, document_id)
);

create table adjustment_sheet (
    county_id     bigint not null,
    document_id   text   not null,
    account_id    bigint not null,
    period        text   not null,
    book_balance  bigint not null,
    bank_balance  bigint not null,
    bank_in       bigint not null,    -- received at the bank, not booked
    bank_out      bigint not null,    -- paid at the bank, not booked
    book_in       bigint not null,    -- booked receipts not at the bank
    book_out      bigint not null,    -- booked payments not at the bank
    items         text   not null,    -- json
    maker_id      bigint not null,
    made_at       text   not null,
    primary key (county_id, document_id),
    constraint adjustment_sheet_account foreign key (county_id, account_id) references bank_account (county_id, account_id)
);
create index adjustment_sheet_by_account on adjustment_sheet (county_id, account_id, period);
