-- +goose Up
-- Who holds which post, and how many posts a unit has. Every change is a document of a maker and a checker; what holds on
-- a day is read from the changes that were checked, so that nothing is kept twice.

create table post_kind (
    county_id   bigint  not null,
    code        text    not null,
    title       text    not null,
    counts      boolean not null,     -- against the quota of posts (占编)
    valid_from  text    not null,
    valid_to    text,
    document_no text    not null,
    primary key (county_id, code, valid_from)
) /* clustered */;

insert into post_kind (county_id, code, title, counts, valid_from, valid_to, document_no)
select c.county_id, k.code, k.title, k.counts = 1, substr(c.created_at, 1, 10), null, '系统默认'
from county c cross join (
    select 'administrative' as code, '行政编制' as title, 1 as counts
    union all select 'institution', '事业编制', 1
    union all select 'worker', '工勤编制', 1
    union all select 'temporary', '临时人员', 0
    union all select 'substitute', '代课教师', 0
    union all select 'welfare', '公益性岗位', 0
    union all select 'village-cadre', '村干部', 0
) k;

create table roster_change (
    county_id   bigint not null,
    document_id text   not null,
    act         text   not null check (act in ('enter', 'leave', 'quota')),
    unit_id     bigint not null,
    kind        text   not null,
    person_id   bigint,               -- null for a quota
    grade       text   not null,
    posts       bigint,               -- of a quota
    on_day      text   not null,      -- first day of a post or a quota, last day of a post that is left
    post_id     text,                 -- the entering that a leaving ends
    basis       text   not null,      -- 文号
    maker_id    bigint not null,
    made_at     text   not null,
    primary key (county_id, document_id),
    constraint roster_change_unit foreign key (county_id, unit_id) references unit (county_id, unit_id),
    constraint roster_change_person foreign key (county_id, person_id) references person (county_id, person_id)
);
create index roster_change_by_unit on roster_change (county_id, unit_id, on_day);
create index roster_change_by_person on roster_change (county_id, person_id) where person_id is not null;
create index roster_change_by_post on roster_change (county_id, post_id) where post_id is not null;
