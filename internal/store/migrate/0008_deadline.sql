-- +goose Up
-- The dated rules of deadlines, for counties that were made before there were any.

insert into rule (county_id, code, unit_id, valid_from, valid_to, value, document_no, note)
select c.county_id, r.code, 0, substr(c.created_at, 1, 10), null, r.value, '系统默认', r.note
from county c cross join (
    select 'month-close-day' as code, '10' as value, '月末结账期限(次月几日前)' as note
    union all select 'voucher-check-days', '3', '凭证提交、反结账申请后几日内审核(天)'
    union all select 'voucher-post-days', '3', '凭证审核后几日内记账(天)'
    union all select 'voucher-mend-days', '2', '凭证退回后几日内改正(天)'
) r
where not exists (select 1 from rule old where old.county_id = c.county_id and old.code = r.code);
