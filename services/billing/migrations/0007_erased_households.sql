-- An invoice of a household that was erased gives up its names once it need not be kept as evidence: it says for which number, days and amounts it was,
-- and for whom no more. Nothing else of an issued invoice or a line ever changes.
alter table invoices drop constraint invoices_payer_name_check,
    add constraint invoices_without_a_name_say_nothing_of_whom
    check (payer_name <> '' or (num_nonnulls(contact_name, siret, rna) = 0 and payer_address = '{}'));

create or replace function keep_issued_invoice() returns trigger language plpgsql as $$
declare
    names constant text[] := array['payer_name', 'contact_name', 'siret', 'rna', 'payer_address'];
begin
    if tg_op = 'UPDATE' and (to_jsonb(new) - 'paid_cents' - 'status') = (to_jsonb(old) - 'paid_cents' - 'status') then
        return new;
    end if;
    if tg_op = 'UPDATE' and new.payer_name = '' and (to_jsonb(new) - names) = (to_jsonb(old) - names) then
        return new;
    end if;
    raise exception 'an issued invoice never changes' using errcode = 'integrity_constraint_violation';
end
$$;

create function keep_invoice_line() returns trigger language plpgsql as $$
begin
    if new.child_first_name is null and (to_jsonb(new) - 'child_first_name') = (to_jsonb(old) - 'child_first_name') then
        return new;
    end if;
    raise exception 'invoice_lines is append-only' using errcode = 'integrity_constraint_violation';
end
$$;
drop trigger invoice_lines_never_change on invoice_lines;
create trigger invoice_lines_never_change before delete or truncate on invoice_lines
    for each statement execute function refuse_change();
create trigger invoice_lines_keep before update on invoice_lines
    for each row execute function keep_invoice_line();

create index invoices_issued on invoices (issued_on);
