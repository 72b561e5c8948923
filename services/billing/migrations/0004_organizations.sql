-- Who is billed in the name of an organization: `name` is then its legal name, `contact_name` the person of its file who pays.

alter table payers
    add column contact_name text,
    add column siret text,
    add column rna text,
    add constraint payers_of_persons_have_no_numbers check (contact_name is not null or num_nonnulls(siret, rna) = 0);

alter table invoices
    add column contact_name text,
    add column siret text,
    add column rna text,
    add constraint invoices_of_persons_have_no_numbers check (contact_name is not null or num_nonnulls(siret, rna) = 0);
