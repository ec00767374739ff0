"""Which names people may take: nobody passes for staff, and no name leads to a person outside."""

import pytest

from support.accounts import rules

FREE = ["moss", "Mina", "paul", "mode", "modest", "Teamo", "helping", "lefty", "robot", "ghost"]
SCRIPTS = [
    "Иван",
    "ミナ子",
    "Ωμέγα",
    "शान्ति",
    "민아",
    "מינה",
    "عائشة",
    "José",
    "o'neil",
    "wren_2-b",
]
STAFF_LIKE = [
    *("admin", "Admin", "ADMIN1", "adm1n", "ad-min", "adminn", "theadmin7", "admin_anna"),
    *("mod", "mod1", "m0d", "m.o.d", "rnod", "moderator", "Modérator", "m0derat0r", "ｍｏｄ"),
    *("staff", "st4ff", "staff_anna", "support", "supp0rt", "help", "he1p", "handrail", "Handrai1"),
    *("mentor", "mentor-paul", "host", "dr.anna", "doctor", "everyone", "crisis", "root"),
]


@pytest.mark.parametrize("handle", FREE + SCRIPTS)
def test_a_calm_made_up_name_is_fine_in_any_script(handle):
    assert rules.handle_problem(rules.tidy_handle(handle)) is None


@pytest.mark.parametrize("handle", STAFF_LIKE)
def test_a_name_that_looks_like_staff_is_not_free(handle):
    assert rules.handle_problem(rules.tidy_handle(handle)) == rules.NOT_FREE


@pytest.mark.parametrize(
    "handle", ["mina@example.org", "mina.gmail", "minagmail", "mina.example.com", "mina.pt"]
)
def test_a_name_that_looks_like_an_e_mail_address_is_refused_with_the_reason(handle):
    assert "e-mail" in (rules.handle_problem(handle) or "")


@pytest.mark.parametrize("handle", ["912345678", "+351 912 345", "mina-555-123-4567", "a1234567"])
def test_a_name_that_looks_like_a_phone_number_is_refused_with_the_reason(handle):
    assert "phone" in (rules.handle_problem(handle) or "")


def test_a_year_or_a_short_number_in_a_name_is_no_phone_number():
    assert rules.handle_problem("wren1987") is None
    assert rules.handle_problem("b1c2d3e4f5a6b7") is None


@pytest.mark.parametrize("handle", ["аdmіn", "Аdmin", "pаul", "ΜΟD", "minaκ", "mиna"])
def test_letters_of_two_alphabets_in_one_name_are_refused(handle):
    assert rules.handle_problem(rules.tidy_handle(handle)) in {
        "Please keep to the letters of one alphabet.",
        rules.NOT_FREE,
    }


@pytest.mark.parametrize("handle", ["mi na", "mina!", "mi\u200dna", "mi\u0336na", "mina💊", "<b>"])
def test_other_signs_are_refused(handle):
    assert "only letters" in (rules.handle_problem(handle) or "")


@pytest.mark.parametrize("handle", ["-mina", "mina.", "'mina", "__", "12", "1-2"])
def test_a_name_begins_and_ends_with_a_letter_or_digit_and_has_a_letter(handle):
    assert "begin and end" in (rules.handle_problem(handle) or "")


@pytest.mark.parametrize("handle", ["a", "x" * 31])
def test_a_name_has_two_to_thirty_characters(handle):
    assert rules.handle_problem(handle) == "Please use 2 to 30 characters."


@pytest.mark.parametrize(
    "twin", ["Mina", "MINA", "mlna", "m1na", "rnina", "mína", "mina.", "m-i-n-a", "mіna"]
)
def test_names_that_look_alike_share_one_key(twin):
    assert rules.handle_key(twin) == rules.handle_key("mina")


def test_names_that_do_not_look_alike_have_keys_of_their_own():
    names = [*FREE, *SCRIPTS, "paul", "pauline", "mina2", "mina3"]
    keys = {rules.handle_key(name) for name in names}
    assert len(keys) == len(set(map(str.casefold, names)))


def test_a_typed_name_is_looked_for_exactly_first_then_by_its_looks():
    exact, looks = rules.lookup_keys("Mod1")
    assert exact == "=mod1"
    assert looks == rules.handle_key("mod1")


def test_every_offered_word_is_a_name_that_may_be_taken():
    first, second = rules.WORDS_FOR_OFFERS
    for one in first:
        for two in second:
            assert rules.handle_problem(f"{one}-{two}-10") is None
