-- +goose Up
-- The budget of a township as it is drafted, round by round. The working rows have stage_no 0; every stage freezes a copy
-- of them under the next number, which no statement ever changes.

create table budget_standard (
    county_id   bigint not null,
    document_id text   not null,
    title       text   not null,
    unit_kind   text   not null,      -- kind of units that it holds for; empty: every kind
    post_kind   text   not null,      -- kind of posts that are counted; empty: a quantity is typed
    measure     text   not null,      -- of what is counted: 人, 辆, 平方米
    economic    text   not null,      -- department economic class, a section (款)
    amount      bigint not null,      -- fen a year for each
    on_day      text   not null,      -- first day; a later one of the same title, units and posts takes its place
    basis       text   not null,      -- 文号
    maker_id    bigint not null,
    made_at     text   not null,
    primary key (county_id, document_id)
);

create table budget_draft (
    county_id    bigint  not null,
    document_id  text    not null,
    unit_id      bigint  not null,    -- the township
    year         integer not null,
    round        integer not null,    -- 0 the year's budget, then its adjustments
    base_id      text,                -- the approved draft that an adjustment changes
    base_day     text    not null,    -- day on which heads are counted
    notice_no    text    not null,    -- 文号 of the drafting notice
    maker_id     bigint  not null,
    made_at      text    not null,
    session_no   text    not null default '',   -- 文号 of the congress's resolution
    session_name text    not null default '',
    session_on   text    not null default '',
    primary key (county_id, document_id),
    constraint budget_draft_once unique (county_id, unit_id, year, round),
    constraint budget_draft_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);

-- What one form saves as a whole: the lines of a unit, or the township's income and balancing items.
create table budget_draft_part (
    county_id   bigint  not null,
    document_id text    not null,
    unit_id     bigint  not null,
    part        text    not null check (part in ('lines', 'items')),
    version     integer not null,
    primary key (county_id, document_id, unit_id, part),
    constraint budget_draft_part_draft foreign key (county_id, document_id) references budget_draft (county_id, document_id)
) /* clustered */;

create table budget_draft_stage (
    county_id   bigint  not null,
    document_id text    not null,
    stage_no    integer not null,
    step        text    not null,
    version     integer not null,     -- of the document after the step, whose leaf holds the digest
    person_id   bigint  not null,
    at          text    not null,
    primary key (county_id, document_id, stage_no),
    constraint budget_draft_stage_draft foreign key (county_id, document_id) references budget_draft (county_id, document_id)
) /* clustered */;

create table budget_draft_line (
    county_id    bigint  not null,
    document_id  text    not null,
    stage_no     integer not null,
    unit_id      bigint  not null,
    line_no      integer not null,
    basis        text    not null check (basis in ('personnel', 'office', 'project')),
    fund         text    not null,
    source       text    not null,    -- memorandum account that the money comes from
    function     text    not null,
    gov_economic text    not null,
    economic     text    not null,
    project      text    not null,
    standard_id  text    not null,    -- empty: the amount is typed, of projects alone
    quantity     bigint  not null,    -- heads or things
    rate         bigint  not null,    -- fen for each
    amount       bigint  not null,
    purchase     boolean not null,
    guarantee    boolean not null,
    note         text    not null,
    primary key (county_id, document_id, stage_no, unit_id, line_no),
    constraint budget_draft_line_draft foreign key (county_id, document_id) references budget_draft (county_id, document_id),
    constraint budget_draft_line_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
) /* clustered */;

create table budget_draft_item (
    county_id   bigint  not null,
    document_id text    not null,
    stage_no    integer not null,
    item_no     integer not null,
    side        text    not null check (side in ('income', 'outlay')),
    fund        text    not null,
    class       text    not null,     -- revenue class, or function class of transfers, reserve and carry-over
    counter     text    not null,     -- the other fund of a transfer between kinds of money
    amount      bigint  not null,
    note        text    not null,     -- what a forecast rests on
    primary key (county_id, document_id, stage_no, item_no),
    constraint budget_draft_item_draft foreign key (county_id, document_id) references budget_draft (county_id, document_id)
) /* clustered */;

create table budget_draft_control (
    county_id   bigint  not null,
    document_id text    not null,
    stage_no    integer not null,
    unit_id     bigint  not null,
    fund        text    not null,
    amount      bigint  not null,
    primary key (county_id, document_id, stage_no, unit_id, fund),
    constraint budget_draft_control_draft foreign key (county_id, document_id) references budget_draft (county_id, document_id),
    constraint budget_draft_control_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
) /* clustered */;

insert into rule (county_id, code, unit_id, valid_from, valid_to, value, document_no, note)
select c.county_id, r.code, 0, substr(c.created_at, 1, 10), null, r.value, '预算法第四十条', r.note
from county c cross join (
    select 'reserve-least-percent' as code, '1' as value, '预备费不低于一般公共预算支出额的百分比' as note
    union all select 'reserve-most-percent', '3', '预备费不高于一般公共预算支出额的百分比'
) r
where not exists (select 1 from rule old where old.county_id = c.county_id and old.code = r.code);
