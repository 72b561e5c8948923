"""The marker of an enrollment: one sign for each status."""

from portal.kit import Texts


def test_exclamation_mark_is_no_sign_of_a_refusal_and_every_status_has_its_own() -> None:
    """`!` is the sign of a crèche pre-registration that is not validated."""
    texts = Texts.load()
    signs = [texts(f"kit.marker_sign.{status}") for status in ("requested", "validated", "refused", "ended")]
    assert "!" not in signs
    assert len(set(signs)) == len(signs)
