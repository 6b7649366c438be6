"""The verdict names every goal that is missed, and none that is reached."""

from commands.bench_tables import verdict

REACHED = {
    "pipeline": {"ours": 300, "limit": 1_000, "naive": 10},
    "append_batch": {"ours": 400, "limit": 1_000, "library": 100},
    "append_one": {"ours": 200, "limit": 1_000, "library": 100},
    "replay": {"ours": 200, "limit": 1_000, "library": 100},
    "rebuild": {"ours": 200, "library": 100},
    "verify": {"ours": 50, "limit": 100},
}


def test_what_is_just_reached_is_reached() -> None:
    assert verdict(REACHED) == "every goal is reached."


def test_each_missed_goal_is_named_with_what_was_reached() -> None:
    slower = {**REACHED, "pipeline": {"ours": 200, "limit": 1_000, "naive": 6}, "replay": {"ours": 150, "limit": 1_000, "library": 100}}
    slower["verify"] = {"ours": 40, "limit": 100}
    said = "goals missed: facts to events/limit 0.20 (≥ 0.3); replay/peer 1.50 (≥ 2); verify the log/limit 0.40 (≥ 0.5)"
    assert verdict(slower) == said
