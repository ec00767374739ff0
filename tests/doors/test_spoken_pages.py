"""Sentences of pages: their language is found once a page, and the words are what they were."""

from flask_babel import support

from support.web import templating

SOURCE = (
    "{% autoescape true %}{{ _('Hello %(name)s', name=name) }} {{ gettext('Now') }} "
    "{% trans count=2 %}one{% pluralize %}{{ count }} people{% endtrans %} "
    "{{ pgettext('a door', 'Open') }}"
    " {{ npgettext('a seat', 'one', '%(num)d left', 3) }}{% endautoescape %}"
)
SAID = "Hello &lt;Mo&gt; Now 2 people Open 3 left"


class Loud(support.NullTranslations):
    """A language that shouts."""

    def ugettext(self, message):
        return message.upper()


def counted(monkeypatch, words):
    asked = []

    def get_translations():
        asked.append(1)
        return words

    monkeypatch.setattr(templating, "get_translations", get_translations)
    return asked


def said(app):
    return app.jinja_env.from_string(SOURCE).render(name="<Mo>")


def test_a_page_looks_for_its_language_once_and_says_what_it_said(app, monkeypatch):
    asked = counted(monkeypatch, support.NullTranslations())
    with app.test_request_context("/"):
        assert said(app) == SAID
        assert said(app) == SAID
    assert len(asked) == 1
    with app.test_request_context("/"):
        assert said(app) == SAID
    assert len(asked) == 2, "the next page may speak another language"


def test_a_page_speaks_the_language_that_was_found(app, monkeypatch):
    counted(monkeypatch, Loud())
    with app.test_request_context("/"):
        assert app.jinja_env.from_string("{{ _('now') }}").render() == "NOW"


def test_outside_of_any_request_the_words_are_as_they_stand(app):
    assert said(app) == SAID
