"""Other languages than English: who looks, how words fall into pieces, what is heard of whom."""

import importlib.util
import logging
import struct
from array import array

import pytest

from support.moderation.rules import screen_words
from support.moderation.rules.meaning.words import Look, NoModel, Words
from tests.parts import missing

if importlib.util.find_spec("numpy") is None:
    missing("numpy")

import numpy as np

from support.moderation.rules.meaning import ears, packed, tongues, whole
from support.moderation.rules.meaning.ears import Ears
from support.moderation.rules.meaning.english import is_english
from support.moderation.rules.meaning.unigram import Unigram, Vocabulary
from support.moderation.rules.meaning.verdict import summed_up

PIECES = {
    "<s>": 0.0,
    "</s>": 0.0,
    "<unk>": 0.0,
    "\u2581": -4.0,
    "\u2581noch": -3.0,
    "\u2581nacht": -2.0,
    "nacht": -6.0,
    "\u2581mit": -3.0,
    "ter": -3.0,
    "mitter": -9.0,
    "t": -8.0,
    "夜": -5.0,
}


def vocabulary(**changed):
    """The pieces above as a file has them."""
    raw = [piece.encode() for piece in PIECES]
    begins = array("I", [0])
    for each in raw:
        begins.append(begins[-1] + len(each))
    plain = {"\t": " ", "\n": " ", "\u00a0": " ", "\u200b": "", "\uff4e": "n"}
    said = Vocabulary(b"".join(raw), begins, array("f", PIECES.values()), plain, 0, 1, 2)
    return said._replace(**changed)


@pytest.fixture(scope="module")
def pieces():
    return Unigram(vocabulary())


def spelt(pieces, text, most=256):
    return [[*PIECES][number] for number in pieces.numbers(text, most)]


@pytest.fixture(scope="module")
def model():
    """The real weights, where they are installed."""
    if importlib.util.find_spec(tongues.PACKAGE) is None:
        missing("the package with the weights for other languages")
    return tongues.load()


# ------------------------------------------------------------------ which language


@pytest.mark.parametrize(
    "text",
    [
        "i want to die, i cannot do this any more",
        "down to 5 mg and shaky but the window was lovely",
        "dont know whats wrong w me tbh, cant sleep again",
        "took 20 xanax",
        "",
        "   ",
        "5 / 10 ... 🙂",
    ],
)
def test_english_is_english(text):
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "ich will morgen nicht mehr aufwachen",
        "je suis à 5 mg et ça va mieux cette semaine",
        "no quiero seguir aquí",
        "ik ben op 5 mg en het gaat beter",
        "non voglio più vivere",
        "я больше не хочу жить",
        "もう生きていたくない",
        "لا أريد أن أعيش",
        "मैं अब जीना नहीं चाहता",
    ],
)
def test_what_is_not_english_is_not(text):
    assert not is_english(text)


# ------------------------------------------------------------------ pieces


def test_a_word_falls_into_its_likeliest_pieces(pieces):
    assert spelt(pieces, "noch mitternacht") == [
        "<s>", "\u2581noch", "\u2581mit", "ter", "nacht", "</s>"
    ]  # fmt: skip


def test_what_no_piece_says_is_unknown_sign_by_sign(pieces):
    assert spelt(pieces, "xt") == ["<s>", "\u2581", "<unk>", "t", "</s>"]


def test_spaces_of_any_kind_part_words_and_signs_are_written_plainly(pieces):
    assert spelt(pieces, " noch\t\u00a0\n\uff4eoch\u200b ") == [
        "<s>", "\u2581noch", "\u2581noch", "</s>"
    ]  # fmt: skip


def test_nothing_is_nothing(pieces):
    assert spelt(pieces, " \n ") == ["<s>", "</s>"]


def test_the_models_own_marks_are_no_piece_of_a_text_where_they_stand_for_the_unknown(pieces):
    assert 2 not in Unigram(vocabulary(unknown=9)).numbers("t")
    assert pieces.numbers("<unk>")[1:-1].count(2) == len("<unk>")


def test_of_a_long_text_the_beginning_and_the_end_are_read(pieces):
    read = spelt(pieces, "noch " + "mit " * 300 + "nacht", 10)
    assert len(read) == 10
    assert (read[1], read[-2]) == ("\u2581noch", "\u2581nacht")


def test_a_language_without_spaces_is_read_to_both_ends(pieces):
    read = spelt(pieces, "夜" * 3000 + "t")
    assert len(read) == 256
    assert read[-2] == "t"


@pytest.mark.parametrize(
    "text",
    ["\ud800", "\x00", "\u202e" * 2000, "\u0301" * 2000, "a\u0000b", "👍🏽" * 500, "x" * 9000],
)
def test_nothing_that_can_be_typed_breaks_it(pieces, text):
    assert pieces.numbers(text)[0] == 0


# ------------------------------------------------------------------ the file


def block(scale, numbers):
    """Thirty-two numbers of four bits, as the file has them."""
    low, high = numbers[:16], numbers[16:]
    pairs = bytes(one | two << 4 for one, two in zip(low, high, strict=True))
    return np.float16(scale).tobytes() + pairs


def test_four_bits_are_numbers_round_nought_times_their_scale():
    raw = np.frombuffer(block(0.5, [*range(16)] * 2), np.uint8).reshape(1, 1, 18)
    (row,) = packed.rows_of(raw)
    assert row.tolist() == [(n - 8) / 2 for n in range(16)] * 2


def written(path, mark=b"E5S1", tensors=(("a", b"\0" * 8),)):
    """A file of this kind, with these tensors."""
    said = vocabulary()
    body = struct.pack("<2i6ifi", 1, 32, 1, 1, 64, len(PIECES), 8, 0, 1e-12, 32)
    body += struct.pack("<5iQ", len(PIECES), said.first, said.last, 1, said.unknown, len(said.text))
    body += said.begins.tobytes() + said.scores.tobytes() + said.text
    signs = b"".join(
        struct.pack("<IB", ord(sign), len(to)) + b"".join(struct.pack("<I", ord(c)) for c in to)
        for sign, to in said.plain.items()
    )
    body += struct.pack("<iI", len(said.plain), len(signs)) + signs
    at = len(mark) + len(body) + 4 + sum(2 + len(name) + 21 for name, _ in tensors)
    head = struct.pack("<i", len(tensors))
    for name, raw in tensors:
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 0, len(raw) // 4, at, len(raw))
        at += len(raw)
    path.write_bytes(mark + body + head + b"".join(raw for _, raw in tensors))
    return path


def test_a_file_is_read_as_it_was_written(tmp_path):
    numbers = np.arange(3, dtype=np.float32)
    row = block(1, [8] * 31 + [9])
    found = packed.unpacked(
        written(tmp_path / "m", tensors=(("plain", numbers.tobytes()), ("few", row)))
    )
    assert found.width == 32
    assert found.plain("plain").tolist() == [0, 1, 2]
    assert found.matrix("few", 32).tolist() == [[0] * 31 + [1]]
    assert spelt(Unigram(found.vocabulary), "noch nacht") == spelt(
        Unigram(vocabulary()), "noch nacht"
    )


@pytest.mark.parametrize("content", [b"", b"E5S2" + b"\0" * 99, b"E5S1", b"E5S1" + b"\xff" * 200])
def test_a_broken_file_is_refused_by_name(tmp_path, content):
    (tmp_path / tongues.FILE).write_bytes(content)
    with pytest.raises(NoModel, match="weights cannot be read"):
        tongues.load(tmp_path)


def test_weights_that_are_not_installed_are_named(monkeypatch):
    monkeypatch.setattr(tongues.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoModel, match="other languages is not installed"):
        tongues.folder()


def test_the_installed_weights_are_those_that_the_house_knows(model, tmp_path):
    whole.check_tongues(tongues.folder())
    (tmp_path / tongues.FILE).write_bytes(b"E5S1")
    with pytest.raises(NoModel, match="damaged"):
        whole.check_tongues(tmp_path)


def test_texts_that_share_the_work_are_read_as_if_alone(model):
    texts = ["gute nacht", "la tetera está puesta y la lluvia suena, y sigo aquí"]
    for text, state in zip(texts, model.states(texts), strict=True):
        assert np.allclose(state, model.states([text])[0], atol=1e-4)


def test_one_meaning_has_one_place_in_every_language(model):
    def middle(text):
        found = model.states([text])[0].mean(axis=0)
        return found / np.linalg.norm(found)

    cat = middle("the cat sleeps on the warm stove")
    assert cat @ middle("die katze schläft auf dem warmen ofen") > cat @ middle(
        "der zug nach bern hat verspätung"
    )


# ------------------------------------------------------------------ who looks


class Ear:
    """A judge that says who it is."""

    def __init__(self, name):
        self.version = name
        self.asked = []

    def look(self, words):
        self.asked += [each.text for each in words]
        return [Look(summed_up((), self.version), {}) for _ in words]


def test_each_message_goes_to_the_ear_of_its_language_and_the_answers_keep_their_order():
    english, others = Ear("second-e"), Ear("second-o")
    texts = ["gute nacht euch", "good night all", "dobranoc wszystkim", "sleep well"]
    looks = Ears(english, lambda: others).look([Words(text) for text in texts])
    assert [each.screening.rules_version for each in looks] == [
        "second-o", "second-e", "second-o", "second-e"
    ]  # fmt: skip
    assert (english.asked, others.asked) == (texts[1::2], texts[::2])
    assert Ears(english, lambda: others).version == "second-e"


def test_nobody_is_asked_about_nothing():
    assert Ears(Ear("e"), lambda: Ear("o")).look([]) == []


def test_where_everybody_speaks_english_the_other_is_never_loaded_and_else_once():
    english, others, loaded = Ear("second-e"), Ear("second-o"), []

    def load():
        loaded.append(1)
        return others

    both = Ears(english, load)
    both.look([Words("good night all")])
    assert loaded == []
    both.look([Words("gute nacht"), Words("dobranoc")])
    both.look([Words("gute nacht")])
    assert loaded == [1]


def test_one_ear_may_hear_everything():
    ear = Ear("second-e")
    looks = Ears(ear, lambda: ear).look([Words("gute nacht"), Words("good night")])
    assert len(looks) == 2
    assert ear.asked == ["gute nacht", "good night"]


def test_without_the_weights_for_others_english_ears_hear_all_and_the_log_says_so(
    model, monkeypatch, caplog
):
    def gone():
        raise NoModel("it is not there")

    monkeypatch.setattr(tongues, "folder", gone)
    with caplog.at_level(logging.ERROR, "handrail.second_look"):
        both = ears.load()
        looks = both.look([Words("gute nacht"), Words("dobranoc")])
    assert caplog.text.count("for other languages than English reason=it is not there") == 1
    assert {each.screening.rules_version for each in looks} == {both.version}


def test_an_ear_that_could_not_be_had_is_asked_for_again_after_a_minute(monkeypatch):
    now, english, others, there = [0.0], Ear("second-e"), Ear("second-o"), []

    def load():
        if not there:
            raise NoModel("it is not there")
        return others

    monkeypatch.setattr(ears.time, "monotonic", lambda: now[0])
    both = Ears(english, load)
    assert both.is_whole()
    both.look([Words("gute nacht")])
    assert not both.is_whole()
    there.append("mended")
    now[0] = ears.AGAIN - 1
    both.look([Words("gute nacht")])
    assert not both.is_whole()
    now[0] = ears.AGAIN
    both.look([Words("dobranoc")])
    assert both.is_whole()
    assert (english.asked, others.asked) == (["gute nacht", "gute nacht"], ["dobranoc"])


# ------------------------------------------------------------------ with the real weights

WISHES = [
    "non voglio più vivere, stasera la faccio finita",
    "nie chcę już żyć, dziś w nocy to skończę",
    "artık yaşamak istemiyorum, bu gece her şeyi bitireceğim",
    "я больше не хочу жить, сегодня ночью всё закончу",
    "en halua enää elää, tänä yönä lopetan kaiken",
    "もう生きていたくない。今夜終わらせます",
    "jeg vil ikke leve mer, i natt avslutter jeg det",
]
TALK = [
    "stasera faccio la pasta e poi vado a dormire, è stata una buona giornata",
    "dzisiaj spałem całe sześć godzin, pierwszy raz od miesiąca",
    "bu hafta doz 5 mg, titriyorum ama iyiyim",
    "сегодня гуляла с собакой, стало легче",
    "tänään kävin kävelyllä, olo on parempi",
    "今日は少し散歩しました。気分が良くなりました",
    "ich bin jetzt bei 5 mg und es geht langsam besser",
]


@pytest.fixture(scope="module")
def both(model):
    return ears.load()


@pytest.mark.parametrize("text", WISHES)
def test_a_plain_wish_is_heard_in_languages_of_which_the_rules_know_little(both, text):
    look = both.look([Words(text, frozenset(screen_words(text).labels))])[0]
    assert "crisis_self_harm" in {*look.screening.labels, *screen_words(text).labels}


@pytest.mark.parametrize("text", TALK)
def test_talk_in_these_languages_passes(both, text):
    assert both.look([Words(text)])[0].screening.labels == ()


def test_a_finding_says_which_of_the_two_made_it(both):
    (look,) = both.look([Words("säljer stesolid, skickar direkt, skriv till mig")])
    assert "sourcing" in look.screening.labels
    assert look.screening.rules_version.startswith("second-")
    assert look.screening.rules_version != both.version
