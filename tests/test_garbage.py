import gc

import pytest

from seqtune.garbage import garbage_left


@pytest.mark.parametrize("was_on", [True, False])
def test_the_search_for_garbage_is_off_within_and_as_it_was_afterwards(was_on: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        with pytest.raises(ValueError), garbage_left():
            assert not gc.isenabled()
            with garbage_left():
                pass
            assert not gc.isenabled()
            raise ValueError
        assert gc.isenabled() == was_on
    finally:
        (gc.enable if before else gc.disable)()
