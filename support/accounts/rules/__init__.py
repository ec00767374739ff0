"""What may be a handle or a passphrase, how long a session lives, and who may hold which role."""

from support.accounts.rules.devices import device_words
from support.accounts.rules.handles import (
    NOT_FREE,
    WORDS_FOR_OFFERS,
    gone_key,
    handle_key,
    handle_problem,
    is_reserved,
    lookup_keys,
    plain_key,
    tidy_handle,
)
from support.accounts.rules.passphrases import is_like_passphrase, passphrase_problem
from support.accounts.rules.places import (
    countries,
    guess_country,
    guess_timezone,
    is_country,
    is_timezone,
    timezones,
)
from support.accounts.rules.standing import (
    FOREVER,
    HOUSE_RULES,
    RULES_VERSION,
    KeptOut,
    Standing,
    check_may_lose,
    check_may_sign_in,
    is_loss,
    may_stay_long,
    measure_in_force,
    session_end,
)

__all__ = [
    "FOREVER",
    "HOUSE_RULES",
    "NOT_FREE",
    "RULES_VERSION",
    "WORDS_FOR_OFFERS",
    "KeptOut",
    "Standing",
    "check_may_lose",
    "check_may_sign_in",
    "countries",
    "device_words",
    "gone_key",
    "guess_country",
    "guess_timezone",
    "handle_key",
    "handle_problem",
    "is_country",
    "is_like_passphrase",
    "is_loss",
    "is_reserved",
    "is_timezone",
    "lookup_keys",
    "may_stay_long",
    "measure_in_force",
    "passphrase_problem",
    "plain_key",
    "session_end",
    "tidy_handle",
    "timezones",
]
