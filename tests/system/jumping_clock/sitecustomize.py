"""A machine whose wall clock jumps, for a process that finds this folder on its path: SIGUSR1 takes it a day on, SIGUSR2 a day back."""

import signal
from datetime import UTC, datetime, timedelta
from typing import Final

import time_machine

DAY: Final = timedelta(days=1)
CLOCK: Final = time_machine.travel(datetime.now(UTC), tick=True).start()

signal.signal(signal.SIGUSR1, lambda *_: CLOCK.shift(DAY))
signal.signal(signal.SIGUSR2, lambda *_: CLOCK.shift(-DAY))
