"""What hangs is found, and who is only waited for is not."""

from __future__ import annotations

from node.bootstrap.index_silence import FOLLOWING, LIMIT_MAX_S, Silence


def test_one_that_never_says_anything_is_found() -> None:
    silence = Silence(10)
    silence.waited(10)
    assert silence.hung() == ""
    silence.waited(1)
    assert silence.hung() == FOLLOWING


def test_each_activity_is_judged_by_itself_until_it_is_over() -> None:
    silence = Silence(10)
    silence.heard("rebuild 1", is_over=False)
    silence.heard("rebuild 2", is_over=False)
    silence.heard("rebuild 2", is_over=True)
    for _ in range(2):
        silence.waited(6)
        silence.heard(FOLLOWING, is_over=False)
    assert silence.hung() == "rebuild 1"
    silence.heard("rebuild 1", is_over=False)
    assert silence.hung() == ""


def test_another_process_begins_anew_and_gets_twice_as_long() -> None:
    silence = Silence(10)
    silence.heard("rebuild 1", is_over=False)
    silence.waited(11)
    assert silence.hung()
    silence.be_patient()
    silence.begin()
    assert silence.hung() == ""
    silence.waited(20)
    assert silence.hung() == ""
    silence.waited(1)
    assert silence.hung() == FOLLOWING


def test_patience_has_an_end_and_never_shrinks() -> None:
    silence = Silence(10)
    for _ in range(20):
        silence.be_patient()
    assert silence.limit_s == LIMIT_MAX_S
    longer = Silence(2 * LIMIT_MAX_S)
    longer.be_patient()
    assert longer.limit_s == 2 * LIMIT_MAX_S
