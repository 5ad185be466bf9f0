-- +goose Up
-- Whom the county pays (收款人). A row says who it is and which change gave the account in force; every change is a
-- document of a maker and a checker and is never altered. Account numbers are sealed and found through a keyed hash.

create table payee (
    county_id   bigint not null,
    payee_id    bigint not null,
    name        text   not null,
    kind        text   not null check (kind in ('unit', 'person', 'village')),
    code        text   not null,      -- 统一社会信用代码; empty for persons and where it is not known
    unit_id     bigint not null,      -- whose payee it is: persons are seen by its readers only
    account_by  text,                 -- change that gave the account in force; null until one is checked
    stopped_by  text,                 -- change that stopped payments; null: none stands
    primary key (county_id, payee_id),
    constraint payee_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);
create index payee_by_name on payee (county_id, name);

create table payee_change (
    county_id      bigint not null,
    document_id    text   not null,
    payee_id       bigint not null,
    act            text   not null check (act in ('register', 'account', 'stop', 'lift')),
    account_name   text   not null,   -- as the bank keeps it; empty for a stop and its lifting
    account_kind   text   not null check (account_kind in ('', 'account', 'card')),
    account_sealed text   not null,
    account_hash   text   not null,
    account_tail   text   not null,   -- last four characters
    bank           text   not null,
    bank_number    text   not null,   -- 联行号
    on_day         text   not null,   -- first day of a stop
    why            text   not null,
    basis          text   not null,   -- 文号 of a stop and its lifting, proof of an account
    maker_id       bigint not null,
    made_at        text   not null,
    primary key (county_id, document_id),
    constraint payee_change_payee foreign key (county_id, payee_id) references payee (county_id, payee_id)
);
create index payee_change_by_payee on payee_change (county_id, payee_id);
create index payee_change_by_account on payee_change (county_id, account_hash) where account_hash <> '';
