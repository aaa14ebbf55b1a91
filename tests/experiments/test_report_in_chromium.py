"""The page in a real browser: it paints, light, dark and on a phone; it complains of nothing and asks nobody."""

import html
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")]
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
         "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND")  # fmt: skip
ELSEWHERE = ("http", "ws", "ftp")
DARK, LIGHT = "--blink-settings=preferredColorScheme=0", "--blink-settings=preferredColorScheme=1"


def browse(tmp_path, page, *words):
    """(standard output, what the page's console said, the addresses that were asked for)."""
    net = tmp_path / "net.json"
    done = subprocess.run(
        [CHROMIUM, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={net}", *words, page.as_uri()],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    requests = [e["params"] for e in json.loads(net.read_text(encoding="utf-8"))["events"] if "initiator" in
                e.get("params", {})]  # fmt: skip
    # the browser looks for its own updates, as nobody's request
    asked = {r["url"] for r in requests if r["initiator"] != "not an origin" and r["url"].startswith(ELSEWHERE)}
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line], asked


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    from dnn_tui.tui import cli

    place = tmp_path_factory.mktemp("chromium")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DNN_TUI_RUNS", str(place / "runs"))
        for words in (["train", "digits", "--headless", "--epochs", "3"], ["report", "-o", str(place / "page.html")]):
            patch.setattr("sys.argv", ["dnn-tui", *words])
            with pytest.raises(SystemExit) as ended:
                cli.main()
            assert not ended.value.code
    return place / "page.html"


def painted(tmp_path, page, *words):
    Image = pytest.importorskip("PIL.Image")
    _, console, asked = browse(tmp_path, page, "--window-size=1100,1800", f"--screenshot={tmp_path / 's.png'}", *words)
    assert (console, asked) == ([], set())
    return np.asarray(Image.open(tmp_path / "s.png").convert("RGB")).astype(float)


def test_it_is_painted_light_and_dark_without_a_word_on_the_console_or_on_the_wire(tmp_path, page):
    light, dark = painted(tmp_path, page, LIGHT), painted(tmp_path, page, DARK)
    assert np.median(light) > 230
    assert np.median(dark) < 60
    for image in (light, dark):
        background = np.median(image, axis=(0, 1))
        drawn = np.abs(image - background).sum(axis=2) > 60
        assert 0.02 < drawn.mean() < 0.4
        for part in np.array_split(drawn, 6):  # from top to bottom
            assert part.any()


def test_a_page_that_loads_something_would_be_found(tmp_path, page):
    text = page.read_text(encoding="utf-8")
    other = tmp_path / "other.html"
    other.write_text(text.replace("</body>", '<img src="https://example.org/x.png"></body>'), encoding="utf-8")
    _, console, _ = browse(tmp_path, other, "--dump-dom")
    assert any("Content Security Policy" in line for line in console)
    without_policy = text.replace("default-src 'none'; style-src 'unsafe-inline'; img-src data:", "default-src *")
    assert without_policy != text
    other.write_text(without_policy.replace("</body>", '<img src="https://example.org/x.png"></body>'), "utf-8")
    assert browse(tmp_path, other, "--dump-dom")[2] == {"https://example.org/x.png"}


def test_on_a_phone_nothing_is_wider_than_the_screen(tmp_path, page):
    frame = tmp_path / "phone.html"
    inside = html.escape(page.read_text(encoding="utf-8"))
    frame.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><iframe style="width:400px;height:900px;border:0" srcdoc="{inside}">'
        "</iframe><script>onload = () => { const root = frames[0].document.documentElement;"
        " document.title = [frames[0].innerWidth, root.scrollWidth, root.scrollHeight].join(' ') }</script>",
        encoding="utf-8",
    )
    out, console, asked = browse(tmp_path, frame, "--dump-dom")
    assert (console, asked) == ([], set())
    width, content, height = map(int, re.search(r"<title>([\d ]+)</title>", out)[1].split())
    assert width == 400
    assert content <= width
    assert height > 2000
