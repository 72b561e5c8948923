create temporary table numbered as select household_id, payer_adult_id, (row_number() over (order by reference))::int as n from households;
insert into household_payers (household_id, adult_id, during)
select household_id, payer_adult_id, daterange('{since}', null) from numbered where n % 97 > 0;
create temporary table minors as
select m.household_id, m.person_id as child_id, n.n, n.payer_adult_id, c.birth_on, c.name_key
from household_members m join numbered n using (household_id) join children c on c.child_id = m.person_id where m.kind = 'child';
insert into residences (child_id, pattern, household_ids, during)
select child_id, 'single', array[household_id], daterange('{since}', null) from minors where n % 89 > 0;
insert into responsibilities (child_id, adult_id, role, authority, during)
select c.child_id, m.person_id, 'guardian', 'joint', daterange('{since}', null)
from minors c join household_members m on m.household_id = c.household_id and m.kind = 'adult' where c.n % 83 > 0;
update adults a set email = null, email_key = null, phone = null, is_invited = false
from household_members m join numbered n using (household_id) where m.person_id = a.adult_id and n.n % 101 = 0;
update adults a set first_name = o.first_name, last_name = o.last_name, name_key = o.name_key, phone = o.phone
from numbered n join numbered before on before.n = n.n - 1 join adults o on o.adult_id = before.payer_adult_id
where n.n % 103 = 1 and a.adult_id = n.payer_adult_id and o.phone is not null;
update children c set name_key = o.name_key || 's', last_name = k.last_name, first_name = k.first_name || 's', birth_on = o.birth_on
from minors m join minors o on o.n = m.n - 1 join children k on k.child_id = o.child_id
where m.n % {alike_each} = 2 and c.child_id = m.child_id;
insert into schools (school_code, label, levels)
select 'ecole-' || s, 'École ' || s, '{{ps,ms,gs,cp,ce1,ce2,cm1,cm2}}' from generate_series(1, {schools}) s;
insert into classes (class_id, school_code, school_year, label, label_key, levels)
select uuidv7(), 'ecole-' || s, {year}, level || ' ' || part, lower(level || ' ' || part), array[level]
from generate_series(1, {schools}) s, unnest('{{ps,ms,gs,cp,ce1,ce2,cm1,cm2}}'::text[]) level, unnest('{{A,B}}'::text[]) part;
insert into schoolings (child_id, school_year, level, school_code, class_id, during)
select m.child_id, {year}, l.level, 'ecole-' || 1 + n % {schools}, case when n % 79 > 0 then c.class_id end, daterange('{year}-09-01', '{next_year}-09-01')
from minors m
join unnest('{{ps,ms,gs,cp,ce1,ce2,cm1,cm2}}'::text[]) with ordinality l(level, place) on l.place = {year} - extract(year from m.birth_on) - 2
join classes c on c.school_code = 'ecole-' || 1 + n % {schools} and c.label = l.level || case n % 2 when 0 then ' A' else ' B' end;
insert into household_enrollments (enrollment_id, household_id, child_id, ends_on)
select uuidv7(), household_id, child_id, '{next_year}-07-02' from minors where n % 3 > 0;
update household_members m set during = daterange('{since}', '{since}'::date + 60)
from minors c where c.n % 199 = 1 and m.household_id = c.household_id and m.person_id = c.child_id;
insert into documents (document_id, household_id, kind, audience, person_id, status, created_at, created_by, sent_at, decided_at, decided_by)
select uuidv7(), household_id, 'vaccins', 'child', child_id, case when waits then 'sent' else 'validated' end, at, payer_adult_id, at,
       case when not waits then at + interval '2 days' end, case when not waits then payer_adult_id end
from (
    select *, place <= {waiting} as waits, timestamptz '{since} 08:00Z' + place * interval '1 minute' as at
    from (select *, row_number() over (order by md5(child_id::text)) as place from minors) m) sent;
insert into procedure_versions (code, version, text, published_at) values ('bench', 1, $procedure${procedure}$procedure$, '{since}');
insert into requests (
    request_id, household_id, code, version, subject, person_id, child_ids, status, number, created_at, created_by, changed_at, sent_at, due_on, kept_until)
select uuidv7(), household_id, 'bench', 1, 'child', child_id, array[child_id], case when waits then 'sent' else 'withdrawn' end, 'D-' || place,
       at, payer_adult_id, at, at, at::date + 30, case when not waits then at::date + 400 end
from (
    select *, place <= {waiting} as waits, timestamptz '{since} 09:00Z' + place * interval '1 minute' as at
    from (select *, row_number() over (order by md5(child_id::text || 'r')) as place from minors) m) sent;
insert into resource_declarations (declaration_id, household_id, document_id, status, source, sealed, declared_at, declared_by)
select uuidv7(), household_id, document_id, 'waiting', 'caf', '\x00', sent_at + interval '1 minute', created_by
from (select distinct on (household_id) * from documents where status = 'sent' order by household_id, sent_at limit {waiting} / 5) proofs;
