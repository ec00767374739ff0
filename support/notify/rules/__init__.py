"""Pure decisions about reaching people: which channels, which neutral words, when to try again."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_VALUE = 64
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)
CLAIMED_FOR = timedelta(seconds=60)


class Channel(StrEnum):
    """A way to reach somebody."""

    PAGE = "page"
    EMAIL = "email"
    PUSH = "push"
    WEBHOOK = "webhook"


PAGE, EMAIL, PUSH, WEBHOOK = Channel.PAGE, Channel.EMAIL, Channel.PUSH, Channel.WEBHOOK
EVERY_WAY = (PAGE, EMAIL, PUSH, WEBHOOK)


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of news says, and where it goes. The words name nobody and quote nothing."""

    text: str
    channels: tuple[Channel, ...] = (PAGE,)
    to: str = "/account/notices"


ROOM = "/rooms/"
HOME, PAIR = "/mentors/home", "/mentors/pair"
DECISIONS, REPORTS = "/account/decisions", "/account/reports"
NEWS = Kind("There is news for you.")
KINDS: Mapping[str, Kind] = {
    "case_page": Kind("Somebody may need you now. Please look.", to="/crisis/cases"),
    "case_page_outside": Kind(
        "Somebody may need you now. Please look.", EVERY_WAY, "/crisis/cases"
    ),
    "test_page": Kind(
        "This is only a test of how people are called. You need not do anything.",
        EVERY_WAY,
        "/crisis/ladder",
    ),
    "rota_gap": Kind(
        "There are hours in the next 14 days in which nobody is on call.",
        (PAGE, EMAIL),
        "/crisis/rota",
    ),
    "swap_asked": Kind("Somebody asks you to take a shift.", (PAGE, EMAIL), "/crisis/rota"),
    "swap_answered": Kind("There is an answer to a shift you asked about.", to="/crisis/rota"),
    "plan_asked": Kind("The person who reads asks to see your plan. You decide.", to="/help/now"),
    "substitute_asked": Kind(
        "A host cannot lead a meeting now. Can you take it?", (PAGE, EMAIL), "/meetings"
    ),
    "number_change": Kind("A changed emergency number needs a second look.", to="/crisis/numbers"),
    "case_handed_over": Kind("A case was handed to you. Please look.", to="/crisis/cases"),
    "rota_empty": Kind(
        "Nobody is on call and somebody may need help. Please look.",
        EVERY_WAY,
        "/crisis/cases",
    ),
    "case_follow_up": Kind("You wanted to look at a case again today.", to="/crisis/cases"),
    "numbers_due": Kind("Some crisis numbers need to be checked again.", to="/crisis/numbers"),
    "message_held": Kind("Your message is waiting for a moderator. Only you can see it."),
    "message_shown": Kind("A moderator let your message through. It is in the room now."),
    "message_kept": Kind(
        "A moderator kept your message back. You can say it in other words.", to=DECISIONS
    ),
    "message_reword": Kind("A moderator asks you to say this in other words.", to=DECISIONS),
    "message_removed": Kind("A moderator took your message away.", to=DECISIONS),
    "report_closed": Kind("A moderator looked at your report and acted on it.", to=REPORTS),
    "report_kept": Kind("A moderator looked at your report. Nothing was changed.", to=REPORTS),
    "sanction": Kind("A moderator set a limit on your account. You can see why.", to=DECISIONS),
    "sanction_lifted": Kind("A limit on your account has ended.", to=DECISIONS),
    "warned": Kind("A moderator asks you to keep to the house rules.", to=DECISIONS),
    "appeal_answered": Kind("Your appeal has an answer.", to=DECISIONS),
    "answer_undone": Kind("The answer to your appeal is looked at once more.", to=DECISIONS),
    "appeal_waits": Kind(
        "Your appeal has waited too long. We are sorry. The team was asked again.", to=DECISIONS
    ),
    "appeal_late": Kind(
        "An appeal waits for its answer longer than promised. Please look.",
        (PAGE, EMAIL),
        "/moderation?show=appeals",
    ),
    "to_sign": Kind(
        "Something grave waits for a second moderator. Please look.",
        (PAGE, EMAIL),
        "/moderation/signing",
    ),
    "not_signed": Kind(
        "Nobody signed with you in time, so it did not happen.", to="/moderation/audit"
    ),
    "item_handed": Kind(
        "A moderator handed you an entry. Please look.", to="/moderation?show=mine"
    ),
    "message_lapsed": Kind("Nobody could look at your message in time. It was not shown."),
    "decision_undone": Kind("A moderator took a decision about you back."),
    "request_accepted": Kind("You are now in the group you asked to join.", to="/groups"),
    "request_declined": Kind("A group you asked to join cannot take you now.", to="/groups"),
    "seat_free": Kind("You have a seat at a meeting now.", to="/meetings"),
    "meeting_soon": Kind("A meeting you want to come to starts soon.", to="/meetings"),
    "mentor_application": Kind("Somebody wants to become a mentor.", to="/mentors/applications"),
    "mentor_welcome": Kind("You are a mentor now. Thank you.", to=HOME),
    "mentor_not_now": Kind("You cannot become a mentor now. You can apply again later."),
    "mentor_asked": Kind("Somebody asks whether you would walk with them.", to=HOME),
    "mentor_accepted": Kind("A mentor said yes. Your room is open.", to="/mentors"),
    "mentor_declined": Kind("A mentor cannot take you now. You can ask another.", to="/mentors"),
    "mentor_ended": Kind("Your time together has ended. Help is still here.", to="/mentors"),
    "mentor_fits": Kind("A mentor who would fit has room now. You can ask them.", to="/mentors"),
    "mentor_paused": Kind("Your mentor takes a break. It is not about you.", to="/mentors"),
    "mentor_back": Kind("Your mentor is back.", to="/mentors"),
    "mentor_waits": Kind("Somebody has waited two days for a mentor.", to="/mentors/applications"),
    "mentor_renew": Kind("Your year as a mentor ends soon. Please read the code again.", to=HOME),
    "mentor_renew_over": Kind(
        "You take nobody new until you have read the code again. Nothing else changes.", to=HOME
    ),
    "hand_over_asked": Kind("A mentor would hand somebody over. You can say yes or no.", to=PAIR),
    "hand_over_done": Kind("The hand-over is done. The new room is open.", to=PAIR),
    "hand_over_off": Kind("A hand-over does not happen. All stays as it is.", to=PAIR),
    "hours_asked": Kind("There is a wish for hours that suit you both.", to=PAIR),
    "hours_agreed": Kind("You have agreed on hours.", to=PAIR),
    "lounge_waits": Kind("Somebody new waits for an answer in a lounge.", to=ROOM),
    "probation_over": Kind("You hosted five meetings together. Thank you.", to=HOME),
    "shift_free": Kind("A shift is free. Could you take it?", to="/mentors/shifts"),
    "shift_taken": Kind("Somebody has taken a shift of yours. Rest well.", to="/mentors/shifts"),
    "backup": Kind("A host asks for a moderator in a room. Please look.", to="/backup"),
    "meeting_changed": Kind("A meeting you want to come to has changed.", to="/meetings"),
    "meeting_off": Kind(
        "A meeting is off this time. We are sorry. The next dates are in the list.", to="/meetings"
    ),
    "series_ended": Kind(
        "A series of meetings of your group has ended. Other meetings are in the list.",
        to="/meetings",
    ),
    "host_asked": Kind("Somebody asks you to host a group with them. You decide.", to="/chair"),
    "host_yes": Kind("A mentor hosts your group with you now.", to="/groups"),
    "host_no": Kind("A mentor cannot host your group with you now.", to="/groups"),
    "host_missing": Kind(
        "A meeting needs somebody to lead it, and nobody is there yet. Can you come?", to="/chair"
    ),
    "host_alone": Kind(
        "You lead a meeting alone. Others were asked to sit beside you.", to="/chair"
    ),
    "second_wanted": Kind("A host is alone in a meeting. Can you sit beside them?", to="/chair"),
    "chair_offered": Kind("A meeting has lost its host. Can you take the chair?", to="/chair"),
    "chair_given_back": Kind("The host is back and leads again. Thank you.", to="/chair"),
    "meeting_paused": Kind("A meeting waits, because its host is gone.", to="/chair"),
    "meeting_called_off": Kind(
        "No host could come, so a meeting is off. We are sorry. Help is still here.", to="/help"
    ),
    "look_back": Kind(
        "Your meeting is over. You can look back at it, in four short questions.", to="/chair"
    ),
    "host_worried": Kind(
        "A host fears that somebody may be in danger. Please look now.", to="/moderation"
    ),
    "feedback_shown": Kind("A moderator let your words through. The hosts can read them."),
    "meeting_unhosted": Kind("A meeting was called off, because no host came.", to="/meetings"),
}


def kind_of(name: str) -> Kind:
    """The words and channels of a kind; an unknown one is plain news in the page."""
    return KINDS.get(name, NEWS)


def check_payload(payload: Mapping[str, object]) -> None:
    """Only ids, codes and counts may travel; a sentence here would be a leak (guard rule G13)."""
    for name, value in payload.items():
        if isinstance(value, str) and len(value) <= LONGEST_VALUE and "\n" not in value:
            continue
        if value is None or isinstance(value, int):
            continue
        raise ValueError(f"{name} must be an id, a code or a number")


def row_key(key: str, channel: Channel, recipient_id: str | None) -> str:
    """The idempotency key of one message to one person by one channel."""
    return f"{key}:{channel}:{recipient_id or '-'}"


def next_try(now: datetime, due_at: datetime, attempts: int) -> datetime | None:
    """When to try again after so many failures; None once a day of trying has passed."""
    if now - due_at >= GIVE_UP_AFTER:
        return None
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 10)
    return now + min(doubled, LONGEST_WAIT)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time and the body, so that nobody can forge or replay a call."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
