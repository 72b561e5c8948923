-- Where a message went, as agents read it: the address itself is not kept with the message.
alter table messages add column recipient_shown text;
