"""How calls are held apart: a token has as many slots as it may make calls in a second, and a slot rests for a second after its call was answered.

Two calls of one slot then reach the other side a second apart at least, however late a process wakes up or a packet comes: no second holds
more calls than there are slots. Slots that were handed out by the time of leaving alone would not: a process that is starved leaves late, into the next ones.
"""

from typing import Final

CALLS_MAX: Final = 20
"""Of a token in a second, over every process. Source: the rules of API Particulier v3."""
REST_SECONDS: Final = 1.0
LEASE_SECONDS: Final = 10.0
"""After which the slot of a process that died is free: longer than any call may take."""
WAIT_SECONDS_MAX: Final = 2.0
"""How long somebody waits for a slot; whoever would wait longer is told when to come back."""
PAUSE_SECONDS_MIN: Final = 0.02
"""Before a slot that others wait for too is looked for again."""
CLOSED_SECONDS_MAX: Final = 3_600.0
"""For how long at most no call is made, whatever the other side asks for."""
