-- +goose Up
-- Duties with a date. Its document holds the state; late is derived, never stored.

create table obligation (
    county_id   bigint not null,
    document_id text   not null,
    unit_id     bigint not null,      -- who must do it
    kind        text   not null,
    source_id   text   not null,      -- the document that made it
    since       text   not null,      -- day of the event from which the period counts
    basis       text   not null,      -- 文号 of the event
    due         text   not null,
    unknown     integer not null,     -- a year without a holiday notice that the due date rests on; 0: none
    rule        text   not null,      -- how the due date was computed, with the document number of the rule
    made_by     bigint not null,
    made_at     text   not null,
    done_on     text,                 -- day on which it was done; null: open or waived
    done_ref    text,                 -- 文号, or the document that fulfilled it
    primary key (county_id, document_id),
    constraint obligation_once unique (county_id, source_id, kind, unit_id),
    constraint obligation_unit foreign key (county_id, unit_id) references unit (county_id, unit_id)
);
create index obligation_open on obligation (county_id, due) where done_on is null;

insert into rule (county_id, code, unit_id, valid_from, valid_to, value, document_no, note)
select c.county_id, r.code, 0, substr(c.created_at, 1, 10), null, r.value, r.no, r.note
from county c cross join (
    select 'deadline-rolls' as code, '1' as value, '民法典第二百零三条' as no, '期限最后一日逢休假日顺延至次一工作日(1 顺延,0 不顺延)' as note
    union all select 'budget-reply-days', '20', '预算法第五十二条', '预算经批准后批复各部门(日)'
    union all select 'unit-reply-days', '15', '预算法第五十二条', '部门接到批复后批复所属单位(日)'
    union all select 'budget-filing-days', '30', '系统默认', '预算经批准后报上一级政府备案(日)'
    union all select 'publication-days', '20', '预算法第十四条', '预算、决算经批准或批复后公开(日)'
    union all select 'final-draft-days', '90', '系统默认', '年度终了后编报决算(日)'
    union all select 'final-reply-days', '20', '预算法第八十条', '决算经批准后批复各部门(日)'
    union all select 'final-filing-days', '30', '预算法实施条例第八十八条', '决算经批准后报上一级政府备案(日)'
) r
where not exists (select 1 from rule old where old.county_id = c.county_id and old.code = r.code);
