"""The password policy in words, as the guides print it: built from the town's settings, never written twice."""

from contracts.identity.models import CredentialPolicy
from portal.frame.credentials import policy_words
from portal.kit import Texts

POLICY = CredentialPolicy(
    length_min=8,
    length_max=128,
    lowercase_min=1,
    uppercase_min=0,
    digit_min=1,
    username_length_min=3,
    is_username_editable=True,
)


def test_policy_text_follows_the_settings() -> None:
    texts = Texts.load()
    assert policy_words(texts, POLICY) == "au minimum 8 caractère(s) dont au moins\u00a0: 1 minuscule(s), 1 chiffre(s)"
    stricter = POLICY.model_copy(update={"length_min": 12, "uppercase_min": 2, "digit_min": 0})
    assert (
        policy_words(texts, stricter)
        == "au minimum 12 caractère(s) dont au moins\u00a0: 1 minuscule(s), 2 majuscule(s)"
    )
    freer = POLICY.model_copy(update={"lowercase_min": 0, "digit_min": 0})
    assert policy_words(texts, freer) == "au minimum 8 caractère(s)"
