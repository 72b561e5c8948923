"""The backup of a town: every database, every topic and how far each consumer is, as of one consistent moment.

It is taken while the portal works. What makes its parts fit together, although they are read one after another:

1. How far consumers are is noted first, so that nothing is skipped which a database does not hold yet: what is read again
   was applied before, and the inbox knows it.
2. A database is read before those of the services that it listens to, so that it holds no effect of an event that its
   producer's copy does not know. Services listen without a circle.
3. Topics are read last, without the events that are newer than the copy of their producer's database; the sequence of each
   key tells.
"""
