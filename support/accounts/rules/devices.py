"""A few words for the kind of device somebody signed in on; never more than that is kept."""

_SYSTEMS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("cros", "Chromebook"),
    ("linux", "Linux"),
)
_BROWSERS = (
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("edg", "Edge"),
    ("samsungbrowser", "Samsung Internet"),
    ("opr/", "Opera"),
    ("chrom", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
)


def device_words(user_agent: str) -> str:
    """`Firefox, Android` out of a browser's long name for itself; empty if it says nothing."""
    folded = user_agent.casefold()
    browser = next((name for sign, name in _BROWSERS if sign in folded), "")
    system = next((name for sign, name in _SYSTEMS if sign in folded), "")
    return ", ".join(word for word in (browser, system) if word)
