"""Each service, and the auditor, names what is wrong with its part of a pack."""

from __future__ import annotations

from types import ModuleType

import pytest

from audit.quality import figures
from services.assistance import packs as assistance
from services.enrollment import packs as enrollment
from services.notifications import packs as notifications
from services.policy_pack import WrongPack


@pytest.mark.parametrize("packs", [assistance, enrollment, notifications, figures], ids=lambda packs: packs.__name__.split(".")[1])
def test_a_pack_that_is_not_there_is_answered_with_those_that_are(packs: ModuleType) -> None:
    with pytest.raises(WrongPack, match=r"there is no policy pack 'example-other'; there are: ([a-z0-9-]+, )*example-pilot"):
        packs.load("example-other")
