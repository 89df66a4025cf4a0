"""What the editor page loads of our own JavaScript and CSS: bytes of the files, neither minified nor compressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

OWN = ("/static/app/", "/static/css/")
READY = "maskwright-ready"
"""Mark of static/app/main.js: photo, model and embedding are there, and the parts for later are fetched from now on."""
COMPLETE = "maskwright-complete"
"""Mark of static/app/main.js: the parts for later are there as well."""
LOADED_BY_THE_PAGE = """mark => {
  const [ready] = performance.getEntriesByName(mark);
  return performance.getEntriesByType('resource').map(({ name, startTime }) => [name, startTime <= ready.startTime]);
}"""


@dataclass(frozen=True)
class PageBytes:
    """Bytes by path, as the browser received them once each."""

    first: dict[str, int] = field(default_factory=dict)
    later: dict[str, int] = field(default_factory=dict)


def load_and_measure(page: Page, address: str) -> PageBytes:
    """Load the editor at `address`: what came until it was ready for clicks (page and worker), and what after."""
    asked: set[str] = set()

    def note(response: Response) -> None:
        if urlsplit(response.url).path.startswith(OWN):
            asked.add(response.url)

    page.context.on("response", note)
    page.goto(address)
    wait_for_all(page)
    page.context.remove_listener("response", note)
    in_time = dict(page.evaluate(LOADED_BY_THE_PAGE, READY))
    measured = PageBytes()
    for url in sorted(asked):
        plain = page.request.get(url, headers={"Accept-Encoding": "identity"})
        # The worker's files are not in the page's list: it has fetched all of them when it says that it is ready.
        part = measured.first if in_time.get(url, True) else measured.later
        part[urlsplit(url).path] = len(plain.body())
    return measured


def wait_for_all(page: Page) -> None:
    """Wait until nothing of the editor is left to be fetched."""
    page.wait_for_function("mark => performance.getEntriesByName(mark).length === 1", arg=COMPLETE)
