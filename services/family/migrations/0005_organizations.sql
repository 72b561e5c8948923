-- Files of organizations: a household's file of another kind, with the organization that its adult represents. Kinds grow, so that they are no closed list here.
alter table households add column kind text not null default 'individual';
alter table households add column legal_name text;
alter table households add column siret text;
alter table households add column rna text;
alter table households add check ((kind = 'individual') = (legal_name is null));
alter table households add check (legal_name is null or siret is not null or rna is not null);
alter table households add check (legal_name is not null or (siret is null and rna is null));
-- An organization has one file, whichever of its numbers it is known by.
create unique index households_siret on households (siret);
create unique index households_rna on households (rna);
create index households_of_kind on households (kind, payer_key, household_id);
