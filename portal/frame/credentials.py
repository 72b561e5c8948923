"""What a personal password needs, in words: where one is chosen first, and where it is changed."""

from contracts.identity.models import CredentialPolicy
from portal.kit import Texts


def policy_words(texts: Texts, policy: CredentialPolicy) -> str:
    """The password policy as the guides word it, built from the town's settings."""
    kinds = [
        texts(f"password_policy.{kind}", count=count)
        for kind, count in (
            ("lowercase", policy.lowercase_min),
            ("uppercase", policy.uppercase_min),
            ("digit", policy.digit_min),
        )
        if count
    ]
    key = "rules" if kinds else "rules_length_only"
    return texts(f"password_policy.{key}", length=policy.length_min, kinds=", ".join(kinds))
