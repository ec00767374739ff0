"""What is long over is told in many ways, and each label knows them; told of today it is heard."""

import pytest

from support.moderation.rules import screen_words

THEN = (
    "ten years ago",
    "a few years back",
    "in 2009",
    "back in college",
    "when i was at university",
    "in my twenties",
    "in the nineties",
    "a decade ago",
    "last winter",
    "when i was nineteen",
    "a lifetime ago",
    "in high school",
    "during my first pregnancy",
    "when my kids were small",
    "in a previous life",
    "at the age of 22",
    "aged 22",
    "in my army days",
    "in my previous job",
    "in lockdown",
    "two summers ago",
    "many moons ago",
    "three christmases ago",
    "in sixth form",
    "last april",
    "in spring 2021",
)
LONG_OVER = (
    "i wanted to die",
    "i tried to kill myself",
    "i took all my pills and lay down",
    "i had a seizure",
    "i overdosed on lorazepam",
    "he had chest pain and his arm went numb",
    "i ran out of xanax and had nothing",
    "i stopped my clonazepam cold turkey",
    "my sister said she wanted to die",
    "my friend took an overdose",
    "my brother was unconscious after his pills",
)
NOW = ("an hour ago", "this morning", "tonight", "last night", "when i was at school today")
HEARD = (
    "i cut myself",
    "i took all my pills and lay down",
    "i had a seizure",
    "i overdosed on lorazepam",
    "my friend took an overdose",
    "i stopped my clonazepam cold turkey",
)


@pytest.mark.parametrize("danger", LONG_OVER)
def test_what_is_long_over_alarms_nobody(danger):
    told = [f"{danger} {then}. i am fine" for then in THEN]
    assert [text for text in told if screen_words(text).labels] == []


@pytest.mark.parametrize("danger", HEARD)
def test_the_same_told_of_today_is_heard(danger):
    told = [f"{now} {danger}" for now in NOW]
    assert [text for text in told if not screen_words(text).labels] == []


@pytest.mark.parametrize("danger", HEARD)
@pytest.mark.parametrize("then", THEN[::4])
def test_an_old_time_beside_it_does_not_excuse_what_happened_tonight(danger, then):
    assert screen_words(f"it was bad {then} too. tonight {danger}").labels
