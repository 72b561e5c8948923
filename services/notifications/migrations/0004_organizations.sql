-- Whose file a household's is, where it is an organization's: its name, numbers and address, as a mail about its money says them.
alter table households add column organization jsonb;
