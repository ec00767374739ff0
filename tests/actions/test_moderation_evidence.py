"""Q5: what is sealed survives its author, opens for two, goes by rule, and is vouched for."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from support.audit.cli import audit
from support.audit.models import Entry
from support.base.errors import Conflict, Forbidden, NotFound
from support.base.sealing import CannotOpen, sealer_for
from support.moderation import actions, jobs, queries
from support.moderation.models import Evidence, EvidenceLine, ReviewItem, Signing
from support.moderation.ports import joined
from support.moderation.rules.evidence import Step, place_of
from tests.desk_world import Desk, a_board, open_desk

WORDS = "Heron-grey pills for sale."
WHY = "The author took it back before we read it."


@pytest.fixture
def board():
    """A board whose notes stand where a room's messages would."""
    with a_board() as board:
        yield board


@pytest.fixture
def desk(database, board):
    """The desk, in a transaction of its own each time: desk(lambda it: …)."""
    with database.unit() as unit:
        group_id = open_desk(unit, board).group_id

    def within(act):
        with database.unit() as unit:
            return act(Desk(unit, board, group_id))

    return within


@pytest.fixture
def item(desk):
    """Mina and Fern talked; Otto sold; Fern reported it, and Otto took it back."""

    def happens(it):
        it.says("mina", "Good evening.")
        note = it.says("otto", WORDS)
        it.says("fern", "Please do not.")
        it.reports("fern", note)
        it.board.notes.pop(note)
        return it.unit.session.scalars(select(ReviewItem.id)).one()

    return desk(happens)


def asks(desk, item, who="mo", step=Step.UNSEAL):
    return desk(lambda it: actions.ask_about_item(it.unit, it.who(who), item, step, WHY))


def signs(desk, step_id, who="rae"):
    return desk(lambda it: actions.sign_step(it.unit, it.who(who), step_id).state)


def opens(desk, item, who="mo"):
    return desk(lambda it: actions.open_seals(it.unit, it.who(who), item))


def count(desk, table):
    return desk(lambda it: len(it.unit.session.scalars(select(table)).all()))


def verbs(desk):
    return desk(lambda it: list(it.unit.session.scalars(select(Entry.verb).order_by(Entry.id))))


def verify(settings):
    return CliRunner().invoke(audit, ["verify"], obj=settings)


# ------------------------------------------------------------------ closed


def test_no_word_of_a_seal_can_be_read_in_the_database(desk, item, settings):
    dump = desk(
        lambda it: (
            str(it.unit.session.execute(text("SELECT * FROM evidence_line")).all())
            + str(it.unit.session.execute(text("SELECT * FROM evidence")).all())
        )
    )
    assert "Heron" not in dump
    assert "evening" not in dump


def test_one_cannot_open_it_alone(desk, item):
    with pytest.raises(Forbidden, match="Two moderators"):
        opens(desk, item)
    step = asks(desk, item)
    with pytest.raises(Forbidden, match="Two moderators"):
        opens(desk, item)
    with pytest.raises(Forbidden, match="You signed this already"):
        signs(desk, step, "mo")
    with pytest.raises(Forbidden, match="Two moderators"):
        opens(desk, item)


def test_two_who_agree_read_it_and_both_are_written_down(desk, item, clock):
    step = asks(desk, item)
    assert signs(desk, step) == "agreed"
    for who in ("mo", "rae"):
        found = opens(desk, item, who)
        assert [(one.place, one.author, one.body) for one in found] == [
            (-1, "mina", "Good evening."),
            (0, "otto", WORDS),
            (1, "fern", "Please do not."),
        ]
    told = verbs(desk)
    assert told.count("moderation.evidence_read") == 2
    assert {"moderation.step_asked", "moderation.step_agreed"} <= set(told)
    with pytest.raises(Forbidden):
        opens(desk, item, "ada")
    clock.forward(hours=24, seconds=1)
    with pytest.raises(Forbidden):
        opens(desk, item)


def test_what_is_not_sealed_cannot_be_asked_for(desk):
    item = desk(lambda it: it.held("otto", "sourcing"))
    with pytest.raises(NotFound, match="Nothing is sealed"):
        asks(desk, item)


def test_it_is_asked_for_once_at_a_time(desk, item):
    first = asks(desk, item)
    with pytest.raises(Conflict, match="waits for a second"):
        asks(desk, item, "rae")
    desk(lambda it: actions.refuse_step(it.unit, it.who("mo"), first))
    assert asks(desk, item, "rae") != first
    with pytest.raises(Conflict, match="any more"):
        signs(desk, first)


def test_nobody_signs_about_themselves_their_friends_or_what_they_reported(desk, board):
    def happens(it):
        note = it.says("mo", "Cheap.")
        it.reports("fern", note)
        it.reports("rae", note)
        return it.unit.session.scalars(select(ReviewItem.id)).one()

    item = desk(happens)
    step = asks(desk, item, "ada")
    for who in ("mo", "rae"):
        with pytest.raises(NotFound):
            asks(desk, item, who)
        with pytest.raises(NotFound):
            signs(desk, step, who)
        assert desk(lambda it, who=who: queries.steps_waiting(it.unit, it.who(who))) == ()
    assert len(desk(lambda it: queries.steps_waiting(it.unit, it.who("ada")))) == 1


def test_an_asking_that_nobody_signs_lapses_in_a_day(desk, item, database, clock):
    step = asks(desk, item)
    clock.forward(hours=24)
    with pytest.raises(Conflict):
        signs(desk, step)
    jobs.tend_seals(database)
    assert desk(lambda it: it.unit.session.get(Signing, step).state) == "lapsed"
    with pytest.raises(Forbidden):
        opens(desk, item)


@pytest.mark.parametrize(
    "change",
    [
        {"cosigned_by": "by"},
        {"cosigned_by": "account"},
        {"state": "agreed"},
        {"by_id": "account"},
        {"kind": "anything"},
    ],
)
def test_the_database_itself_refuses_one_signature(desk, item, change):
    step = asks(desk, item)

    def force(it):
        found = it.unit.session.get(Signing, step)
        known = {"by": found.by_id, "account": found.account_id}
        values = {name: known.get(value, value) for name, value in change.items()}
        it.unit.session.execute(update(Signing).where(Signing.id == step).values(**values))

    with pytest.raises(IntegrityError):
        desk(force)


# ------------------------------------------------------------------ gone by rule only


def test_two_people_can_destroy_a_seal(desk, item, settings):
    step = asks(desk, item, step=Step.ERASE)
    assert count(desk, Evidence) == 1
    signs(desk, step)
    assert count(desk, Evidence) == count(desk, EvidenceLine) == 0
    assert verify(settings).exit_code == 0


def test_a_seal_goes_ninety_days_after_its_matter_was_settled(desk, item, database, clock):
    jobs.tend_seals(database)
    clock.forward(days=200)
    jobs.tend_seals(database)
    assert count(desk, Evidence) == 1, "an open matter keeps its seal"
    desk(lambda it: it.decides("mo", item, "ban", minutes=60 * 24 * 7))
    clock.forward(days=89)
    jobs.end(database)
    jobs.tend_seals(database)
    assert count(desk, Evidence) == 1
    clock.forward(days=2)
    jobs.tend_seals(database)
    assert count(desk, Evidence) == 0
    assert verbs(desk)[-1] == "moderation.evidence_gone"


def test_a_seal_stays_while_a_sanction_that_rests_on_it_holds(desk, item, database, clock):
    desk(lambda it: it.decides("mo", item, "mute"))
    clock.forward(days=400)
    jobs.tend_seals(database)
    assert count(desk, Evidence) == 1


def test_who_goes_leaves_only_sealed_words_of_open_matters(desk, item, settings):
    def erase(handle):
        desk(lambda it: actions.DeskMemory().erase(it.unit, it.who_id(handle)))

    def sealed(handle):
        mine = select(EvidenceLine).where(EvidenceLine.sealed.is_not(None))
        return desk(
            lambda it: len(
                it.unit.session.scalars(
                    mine.where(EvidenceLine.author_id == it.who_id(handle))
                ).all()
            )
        )

    erase("mina")
    erase("otto")
    assert sealed("mina") == sealed("otto") == 1, "the matter is open"
    desk(lambda it: it.decides("mo", item, "remove"))
    erase("mina")
    assert (sealed("mina"), sealed("otto"), sealed("fern")) == (0, 1, 1)
    assert verify(settings).output.endswith("1 seals, unbroken\n")
    step = asks(desk, item)
    signs(desk, step)
    assert [one.body for one in opens(desk, item)] == [None, WORDS, "Please do not."]
    erase("otto")
    assert count(desk, Evidence) == 0
    assert verify(settings).exit_code == 0


def test_words_kept_before_there_were_seals_are_sealed(desk, item, database, settings):
    def as_before(it):
        it.unit.session.execute(delete(EvidenceLine).where(EvidenceLine.place != 0))
        it.unit.session.execute(
            update(EvidenceLine).values(sealed=None, plain=f"visible\n{WORDS}", hash="")
        )
        it.unit.session.execute(update(Evidence).values(key_id="none"))

    desk(as_before)
    jobs.tend_seals(database)
    plain = desk(lambda it: list(it.unit.session.scalars(select(EvidenceLine.plain))))
    assert plain == [None]
    signs(desk, asks(desk, item))
    assert [one.body for one in opens(desk, item)] == [WORDS]
    assert verify(settings).exit_code == 0


# ------------------------------------------------------------------ vouched for


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (lambda it: update(EvidenceLine).where(EvidenceLine.place == 0).values(sealed=b"0" * 40),
         "the line at place 0 was altered"),
        (lambda it: update(EvidenceLine).where(EvidenceLine.place == 1).values(sealed=None),
         "the line at place 1 was altered"),
        (lambda it: update(EvidenceLine).where(EvidenceLine.place == 0)
            .values(author_id=it.who_id("fern")), "the line at place 0 was altered"),
        (lambda it: update(EvidenceLine).where(EvidenceLine.place == -1)
            .values(said_at=it.unit.now - timedelta(days=1)), "the line at place -1 was altered"),
        (lambda it: delete(EvidenceLine).where(EvidenceLine.place == 1), "a line of it was taken"),
        (lambda it: update(Evidence).values(author_id=it.who_id("fern")), "was altered"),
        (lambda it: update(Evidence).values(taken_at=it.unit.now - timedelta(days=9)),
         "was altered"),
    ],
)  # fmt: skip
def test_tampering_with_one_row_is_found_and_named(desk, item, settings, tampering, named):
    assert verify(settings).output.endswith("1 seals, unbroken\n")
    desk(lambda it: it.unit.session.execute(tampering(it)))
    found = verify(settings)
    seal = desk(lambda it: it.unit.session.scalars(select(Evidence.id)).one())
    assert found.exit_code == 1
    assert f"evidence {seal}" in found.output
    assert named in found.output


def test_a_seal_that_was_taken_out_or_slipped_in_is_named(desk, item, settings):
    def swap(it):
        seal = it.unit.session.scalars(select(Evidence)).one()
        it.unit.session.execute(delete(EvidenceLine))
        it.unit.session.execute(delete(Evidence))
        it.unit.session.add(
            Evidence(
                id="slipped-in",
                item_id=seal.item_id,
                author_id=seal.author_id,
                taken_at=seal.taken_at,
                digest=seal.digest,
                key_id=seal.key_id,
            )
        )
        return seal.id

    gone = desk(swap)
    told = verify(settings).output
    assert f"evidence {gone} was taken out" in told
    assert "evidence slipped-in was added" in told


def test_a_line_moved_to_another_place_does_not_open(desk, item):
    signs(desk, asks(desk, item))

    def move(it):
        lines = it.unit.session.scalars(select(EvidenceLine)).all()
        by_place = {line.place: line.sealed for line in lines}
        for line in lines:
            line.sealed = by_place[-line.place]

    desk(move)
    with pytest.raises(Conflict, match="altered"):
        opens(desk, item)


def test_another_key_opens_nothing():
    mine, other = sealer_for("one secret", "evidence"), sealer_for("another", "evidence")
    sealed = mine.seal("plain words", place_of("e", 0, "otto"))
    assert mine.open(sealed, place_of("e", 0, "otto")) == "plain words"
    for sealer, bound in ((other, place_of("e", 0, "otto")), (mine, place_of("e", 1, "otto"))):
        with pytest.raises(CannotOpen):
            sealer.open(sealed, bound)
    assert mine.id != other.id
    assert mine.mark("plain") == mine.mark("plain") != other.mark("plain")
    assert sealer_for("one secret", "journal").id != mine.id


def test_the_house_seals_with_a_key_of_its_own(app, settings):
    assert joined.sealer.id == sealer_for(settings.secret_key, "evidence v1").id


# ------------------------------------------------------------------ making a moderator


def test_two_people_make_a_moderator_and_one_of_them_is_an_admin(desk):
    def wants(who, handle="paul"):
        return desk(lambda it: actions.ask_for_moderator(it.unit, it.who(who), handle, "Kind."))

    step = wants("mo")
    with pytest.raises(Forbidden, match="has to be an admin"):
        signs(desk, step, "rae")
    assert signs(desk, step, "ada") == "agreed"
    assert desk(lambda it: it.who("paul").is_staff)
    with pytest.raises(Conflict, match="already"):
        wants("mo")
    with pytest.raises(NotFound):
        wants("mo", "nobody-at-all")
    assert signs(desk, wants("ada", "fern"), "rae") == "agreed"
    assert desk(lambda it: it.who("fern").is_staff)


def test_a_member_cannot_ask_for_a_moderator(desk):
    with pytest.raises(Forbidden):
        desk(lambda it: actions.ask_for_moderator(it.unit, it.who("fern"), "paul", "Kind."))
