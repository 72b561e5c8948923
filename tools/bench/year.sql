create function number_id(kind text, number bigint) returns uuid language sql immutable as
    $$ select (lpad(to_hex(number), 12, '0') || '70008000' || kind || '0000000000')::uuid $$;
select open_school_year(year) from generate_series(extract(year from '{first}'::date)::int - 1, extract(year from '{first}'::date)::int + 1) year;
insert into sites (code, label) select 'school-' || s, 'École ' || s from generate_series(0, {sites} - 1) s;
insert into activities (id, kind, label, tariff_code, age_min, age_max, starts_on, ends_on, cutoff_days_before, cutoff_at, required_documents)
select number_id('e0', a), kind, label, 'year', 3, 12, '{first}'::date, '{first}'::date + {days}, 1, '20:00', '{{}}'
from (values (0, 'lunch', 'Restauration'), (1, 'before_school', 'Accueil du matin'), (2, 'after_school', 'Accueil du soir')) v(a, kind, label);
insert into units (activity_id, code, label, starts_at, ends_at, implies, excludes)
select number_id('e0', a), 'unit', label, starts_at::time, ends_at::time, '{{}}', '{{}}'
from (values (0, 'Repas', '11:30', '13:30'), (1, 'Matin', '07:30', '08:30'), (2, 'Soir', '16:30', '18:30')) v(a, label, starts_at, ends_at);
insert into groups (id, activity_id, site_code, code, label, is_default)
select number_id('f0', a * {sites} + s), number_id('e0', a), 'school-' || s, 'default', 'École ' || s, true
from generate_series(0, 2) a, generate_series(0, {sites} - 1) s;
insert into pools (id, group_id, service_on, part, capacity)
select number_id('d1', g * {days} + d), number_id('f0', g), '{first}'::date + d, 'unit', 1000
from generate_series(0, 3 * {sites} - 1) g, generate_series(0, {days} - 1) d where extract(isodow from '{first}'::date + d) < 6;
insert into slots (id, activity_id, site_code, group_id, unit_code, service_on, pool_ids, lock_ids, closed_at)
select number_id('d0', g * {days} + d), number_id('e0', g / {sites}), 'school-' || g % {sites}, number_id('f0', g), 'unit',
       '{first}'::date + d, array[number_id('d1', g * {days} + d)], array[number_id('d1', g * {days} + d)],
       case when d < {days} / 2 then now() end
from generate_series(0, 3 * {sites} - 1) g, generate_series(0, {days} - 1) d where extract(isodow from '{first}'::date + d) < 6;
insert into households (household_id, version, reference)
select number_id('a0', f), 1, 'F-' || f from generate_series(0, {families} - 1) f;
insert into household_adults (household_id, adult_id, days)
select number_id('a0', f), number_id('b0', f), datemultirange(daterange(null, null)) from generate_series(0, {families} - 1) f;
insert into household_children (household_id, child_id, days)
select number_id('a0', c / {children}), number_id('c0', c), datemultirange(daterange(null, null))
from generate_series(0, {families} * {children} - 1) c;
insert into child_records (child_id, version, first_name, last_name, birth_on)
select number_id('c0', c), 1, 'Lina ' || c, 'Martin', '{first}'::date - 7 * 366 from generate_series(0, {families} * {children} - 1) c;
insert into custody (child_id, version) select number_id('c0', c), 1 from generate_series(0, {families} * {children} - 1) c;
insert into guardianships (household_id, adult_id, child_id, days)
select number_id('a0', c / {children}), number_id('b0', c / {children}), number_id('c0', c), datemultirange(daterange(null, null))
from generate_series(0, {families} * {children} - 1) c;
insert into enrollments (id, household_id, child_id, activity_id, status, days, requested_by, requested_at)
select number_id('e1', a * {families} * {children} + c), number_id('a0', c / {children}), number_id('c0', c), number_id('e0', a), 'validated',
       daterange('{first}'::date, '{first}'::date + {days}), number_id('b0', c / {children}), now()
from generate_series(0, {families} * {children} - 1) c, generate_series(0, 2) a;
insert into placements (id, enrollment_id, group_id, during)
select uuidv7(), number_id('e1', a * {families} * {children} + c), number_id('f0', a * {sites} + c % {sites}),
       daterange('{first}'::date, '{first}'::date + {days})
from generate_series(0, {families} * {children} - 1) c, generate_series(0, 2) a;
analyze;
insert into bookings (id, service_on, basket_id, household_id, child_id, activity_id, slot_id, span, status, booked_by, confirmed_at)
select uuidv7(), '{first}'::date + d, uuidv7(), number_id('a0', c / {children}), number_id('c0', c), number_id('e0', a),
       number_id('d0', (a * {sites} + c % {sites}) * {days} + d),
       case a when 0 then int4range(690, 810) when 1 then int4range(450, 510) else int4range(990, 1110) end,
       case when (c * 31 + d * 17) % 23 = 0 then 'cancelled' else 'confirmed' end, number_id('b0', c / {children}), now()
from generate_series(0, {days} - 1) d, generate_series(0, 2) a, generate_series(0, {families} * {children} - 1) c
where extract(isodow from '{first}'::date + d) < 6
  and (c * 7 + a * 13 + d * (1 + a)) % 20 < case a when 0 then 10 when 1 then 4 else 7 end;
update pools p set taken = n.count
from (select slot_id, count(*) from bookings where status = 'confirmed' group by slot_id) n join slots s on s.id = n.slot_id
where p.id = s.pool_ids[1];
insert into attendances (slot_id, service_on, child_id, household_id, booking_id, mark, marked_by, marked_at, device_mark_ids, version)
select b.slot_id, b.service_on, b.child_id, b.household_id, b.id, 'present', b.child_id, now(), '{{}}', 1
from bookings b where b.status = 'confirmed' and b.service_on < '{first}'::date + {days} / 2;
insert into attendance_records (attendance_id, slot_id, service_on, child_id, household_id, booking_id, mark)
select uuidv7(), slot_id, service_on, child_id, household_id, booking_id, mark from attendances;
analyze;
