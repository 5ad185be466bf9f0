-- +goose Up
-- The document that carried a book's year over into the next, so that pages can say who did it and when.
alter table book_year add column document_id text;

update book_year set document_id = d.document_id
from (select county_id, ref, max(document_id) as document_id from document where kind = 'year-close' group by county_id, ref) d
where d.county_id = book_year.county_id and d.ref = book_year.book_id || '|' || (book_year.year + 1) || '-00'
    and book_year.closed_at is not null;
