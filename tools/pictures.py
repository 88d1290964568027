"""Take the pictures of the README and the handbook from a demo of its own.

    python tools/pictures.py                  all, into docs/pictures/zh and docs/pictures/en
    python tools/pictures.py board today      only these

Needs Chromium (`chromium` on the path, or GRIDWELL_CHROMIUM). A demo of its own is built anew each time in a
temporary folder and removed again: what the pictures show is what this very tree makes. Pictures that
change something (an import) come last. A picture over 250 kB is an error: it belongs cut, not compressed.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs/pictures"
PASSWORD = "gridwell-demo"
DISTRICT_CODE = 140109000000
COMMUNITY = 140109901901  # 金香都社区, whose day the demo tells in full
ROUNDS = 140105902901  # 海西社区, whose round of sampling is under way
OFFICER, DISTRICT, NEIGHBOUR, SAMPLER = "jinxiangdu", "wanbailin", "haixi", "haixi-zu"
GRID_WORKER = "jinxiangdu-1-b"  # the deputy who stands in where most is to be done
MOST_BYTES = 250_000
DESK, PHONE = (1280, 800), (390, 780)
LANGUAGES = {"zh": ("zh-hans", "zh-CN"), "en": ("en", "en")}  # of the account, of the browser
ARGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True)
class Picture:
    """One picture: who sees it, how to get there, and how much of the page is shown."""

    name: str
    user: str
    walk: Callable[[Any, str], None]
    size: tuple[int, int] = DESK
    is_whole: bool = False  # the whole page, however long


def _at(path: str) -> Callable[[Any, str], None]:
    def walk(page: Any, url: str) -> None:
        page.goto(f"{url}/{COMMUNITY}/{path}")

    return walk


def _notice(page: Any, url: str) -> None:
    """Open the notice that waits on the desk."""
    page.goto(f"{url}/{COMMUNITY}/today/")
    page.locator("main .side a[href*='/orders/notices/']").first.click()
    page.wait_for_selector("table.desk")


def _effect(page: Any, url: str) -> None:
    _notice(page, url)
    page.locator("a[href$='/approve/']").first.click()


def _zone(page: Any, url: str) -> None:
    page.goto(f"{url}/{COMMUNITY}/today/")
    page.locator("main a[data-primary][href*='/orders/zones/']").first.click()


def _door_notice(page: Any, url: str) -> None:
    _zone(page, url)
    page.locator("a[href$='/sheets/']").first.click()


def _board(page: Any, url: str) -> None:
    """Open the board of the building with most to do, and choose a door with something on it."""
    page.goto(f"{url}/{COMMUNITY}/register/buildings/")
    page.get_by_role("link", name="4号楼", exact=True).first.click()
    page.wait_for_selector("table.board")
    cell = page.locator("table.board a.cell:has(.marks)")
    with page.expect_response(lambda answer: "hx-request" in answer.request.headers):
        (cell if cell.count() else page.locator("table.board a.cell")).first.click()
    page.wait_for_load_state("networkidle")


def _missing(page: Any, url: str) -> None:
    page.goto(f"{url}/{COMMUNITY}/today/list/missing/")


def _first_door(page: Any, url: str) -> None:
    _missing(page, url)
    page.locator("main tbody a[data-primary]").first.click()


def _why(page: Any, url: str) -> None:
    _missing(page, url)
    page.locator("main tbody a[href*='/today/why/']").first.click()


def _below(page: Any, url: str) -> None:
    """What the level above sees: the figures of its communities."""
    page.goto(f"{url}/{DISTRICT_CODE}/today/")


def _task(page: Any, url: str) -> None:
    """Open the task that has climbed, of those that are to be served first."""
    page.goto(f"{url}/{COMMUNITY}/work/?kind=door_service&show=late")
    page.locator("main tbody a[data-primary]").first.click()


def _own_task(page: Any, url: str) -> None:
    page.goto(f"{url}/work/mine/?order=walk")
    page.locator("main tbody a[data-primary]").first.click()


def _finding(page: Any, url: str) -> None:
    """Open the form of what a patrol finds, on the patrol of whoever walks it."""
    page.goto(f"{url}/{COMMUNITY}/work/?kind=patrol")
    page.locator("main tbody a[data-primary]").first.click()
    page.locator("main a[href$='/finding/']").first.click()


def _post(page: Any, url: str) -> None:
    """Open the post of a grid whose holder is away."""
    page.goto(f"{url}/accounts/posts/")
    page.get_by_role("link", name="第2网格网格员", exact=True).first.click()


def _mode(page: Any, url: str) -> None:
    """What a return of the district would change; nothing is changed by looking."""
    page.goto(f"{url}/{DISTRICT_CODE}/orders/mode/to/routine/")


def _instruction(page: Any, url: str) -> None:
    page.goto(f"{url}/{DISTRICT_CODE}/orders/instructions/")
    page.locator("main tbody a").first.click()


def _round(page: Any, url: str) -> None:
    """Open the round that is under way; a later one is first on the list."""
    page.goto(f"{url}/{ROUNDS}/rounds/")
    page.locator("main tbody a[data-primary]").first.click()
    page.wait_for_url(re.compile(r"/rounds/\d+/$"))


def _of_round(path: str) -> Callable[[Any, str], None]:
    def walk(page: Any, url: str) -> None:
        _round(page, url)
        page.goto(f"{page.url}{path}")

    return walk


def _desk(page: Any, url: str) -> None:
    """Open the desk that works without network, begin a tube, and ask for a door."""
    page.goto(f"{url}/desk/")
    page.locator("main a[href*='/desk/']").first.click()
    page.goto(re.sub(r"(/desk/\d+/).*", r"\1app/", page.url))
    page.wait_for_selector("[data-ready]", state="attached")
    # A tube is begun once: each language has one of its own.
    tube = "HX11230621" if page.locator("html").get_attribute("lang") == "en" else "HX11230622"
    for words in (tube, "1-4-703"):
        page.locator("#entry").fill(words)
        page.locator("#entry").press("Enter")
    page.locator("[data-desk-meant] li").first.wait_for()


def _conflict(page: Any, url: str) -> None:
    """Without network put a family into a tube that another desk begins meanwhile; open what was not taken."""
    page.goto(f"{url}/desk/")
    page.locator("main a[href*='/desk/']").first.click()
    round_url = re.sub(r"(/desk/\d+/).*", r"\1", page.url)
    page.goto(f"{round_url}app/")
    page.wait_for_selector("[data-ready]", state="attached")
    is_english = page.locator("html").get_attribute("lang") == "en"
    tube, door = ("HX11230632", "1-8-102") if is_english else ("HX11230631", "1-9-203")
    _begun_elsewhere(page, round_url, tube)
    page.context.set_offline(True)
    for words in (tube, door):
        page.locator("#entry").fill(words)
        page.locator("#entry").press("Enter")
    page.locator("[data-desk-meant] li").first.wait_for()
    page.locator("[data-desk-all]").click()
    page.locator("[data-desk-in] li").first.wait_for()
    page.context.set_offline(False)
    page.locator("[data-desk-refused] li").first.wait_for()
    page.goto(f"{round_url}entries/")


def _begun_elsewhere(page: Any, round_url: str, tube: str) -> None:
    """Begin and close a tube at the desk that needs no script: the other page does not know of it."""
    other = page.context.new_page()
    other.goto(round_url)
    for words in (tube, "1-10-102"):
        other.locator("#entry").fill(words)
        other.locator("#entry").press("Enter")
        other.wait_for_load_state("networkidle")
    other.close()


def _picker(page: Any, url: str) -> None:
    """Choose one place, and type for the next."""
    page.goto(f"{url}/{COMMUNITY}/orders/zones/new/")
    words = page.locator("[data-picker] textarea").first
    words.press_sequentially("2号楼", delay=30)
    found = page.locator("[data-picker] [data-found] button")
    found.first.click()
    words.press_sequentially("3号楼", delay=30)
    found.first.wait_for()


def _registered(page: Any, url: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return three people of the register with building, unit and room."""
    page.goto(f"{url}/{COMMUNITY}/register/people/")
    found = []
    for row in page.locator("main tbody tr").all()[:3]:
        door = re.search(r"(\d+号楼)(\d+单元)(\d+)", row.inner_text())
        if door:
            found.append((row.locator("a[data-primary]").inner_text(), door.groups()))
    return found


def _ledger(folder: Path, registered: list[tuple[str, tuple[str, ...]]]) -> Path:
    """Write a ledger as grid workers keep them: a title, two lines of header, and some faults.

    People of the register appear with another number, so that each has to be asked about.
    """
    from openpyxl import Workbook

    from gridwell.demo.people import Inventor

    book = Workbook()
    sheet = book.active
    sheet.append(["金香都小区2号楼入户摸排登记表"])
    sheet.merge_cells("A1:I1")
    sheet.append(["序号", "住址", None, None, "人员信息", None, None, None, "送菜点"])
    sheet.append([None, "楼号", "单元", "房号", "姓名", "与户主关系", "身份证号", "电话", None])
    sheet.merge_cells("B2:D2")
    sheet.merge_cells("E2:H2")
    invented, number = Inventor(7, date(2022, 11, 23)), 0
    for unit, floor, size in product((1, 2), range(3, 11), (3, 2)):
        door = f"{floor}0{1 if size == 3 else 2}"
        for person in invented.household(size).people:
            number += 1
            document, phone = person.document, person.phone
            if number % 17 == 5 and document:
                document = document[:10] + ("9" if document[10] != "9" else "8") + document[11:]
            if number % 23 == 9:
                phone = phone[:9]
            where = ["2号楼", f"{unit}单元", door]
            sheet.append(
                [number, *where, person.name, person.relation, document, phone, f"{unit}单元门口"]
            )
    for name, where_known in registered:
        number += 1
        other = invented.household(1).people[0]
        sheet.append([number, *where_known, name, "户主", other.document, other.phone, ""])
    path = folder / "金香都2号楼摸排.xlsx"
    book.save(path)
    return path


def _import(page: Any, url: str) -> None:
    registered = _registered(page, url)
    page.goto(f"{url}/{COMMUNITY}/register/imports/")
    with tempfile.TemporaryDirectory() as folder:
        page.set_input_files("input[type=file]", _ledger(Path(folder), registered))
        page.locator("main form:has(input[type=file]) button[type=submit]").first.click()
        page.wait_for_url(re.compile(r"/imports/\d+/$"))


def _duplicates(page: Any, url: str) -> None:
    page.goto(f"{url}/{COMMUNITY}/register/imports/")
    page.locator("main tbody a[data-primary]").first.click()
    page.locator("a[href$='/duplicates/']").first.click()


PICTURE_LIST = (
    Picture("guide", OFFICER, lambda page, url: page.goto(f"{url}/demo/")),
    Picture("today", OFFICER, _at("today/")),
    Picture("notice", OFFICER, _notice, size=(1280, 740)),
    Picture("effect", OFFICER, _effect),
    Picture("board", OFFICER, _board, size=(1280, 830)),
    Picture("zone", OFFICER, _zone),
    Picture("door-notice", OFFICER, _door_notice),
    Picture("missing", OFFICER, _missing),
    Picture("household", OFFICER, _first_door),
    Picture("why", OFFICER, _why),
    Picture("grids", OFFICER, _at("register/buildings/")),
    Picture("labels", OFFICER, _at("register/labels/")),
    Picture("posts", OFFICER, lambda page, url: page.goto(f"{url}/accounts/posts/")),
    Picture("audit", OFFICER, _at("audit/")),
    Picture("district", DISTRICT, _below),
    Picture("tasks", OFFICER, _at("work/")),
    Picture("task", OFFICER, _task),
    Picture("picker", OFFICER, _picker),
    Picture("post", OFFICER, _post),
    Picture("organisation", OFFICER, _at("organisation/")),
    Picture("chart", OFFICER, _at("organisation/chart/"), size=(1280, 460)),
    Picture("roster", OFFICER, _at("roster/"), size=(1280, 600)),
    Picture("reports", OFFICER, _at("orders/reports/")),
    Picture("chronicle", OFFICER, _at("orders/chronicle/")),
    Picture("messages", OFFICER, lambda page, url: page.goto(f"{url}/messages/")),
    Picture("emergency", NEIGHBOUR, lambda page, url: page.goto(f"{url}/emergency/")),
    Picture("mode", DISTRICT, _mode, size=(1280, 880)),
    Picture("instruction", DISTRICT, _instruction),
    Picture(
        "phone-mine", GRID_WORKER, lambda page, url: page.goto(f"{url}/work/mine/"), size=PHONE
    ),
    Picture("phone-task", GRID_WORKER, _own_task, size=PHONE),
    Picture("phone-finding", GRID_WORKER, _finding, size=PHONE),
    Picture("phone-today", GRID_WORKER, _at("today/"), size=PHONE),
    Picture("phone-missing", GRID_WORKER, _missing, size=PHONE),
    Picture("round", NEIGHBOUR, _round),
    Picture("slots", NEIGHBOUR, _of_round("slots/"), size=(1280, 800)),
    Picture("calls", NEIGHBOUR, _of_round("calls/")),
    Picture("round-missing", NEIGHBOUR, _of_round("missing/")),
    Picture("holds", NEIGHBOUR, lambda page, url: page.goto(f"{url}/{ROUNDS}/holds/"), (1280, 560)),
    Picture("phone-desk", SAMPLER, _desk, size=PHONE),
    Picture("conflict", SAMPLER, _conflict, size=(1280, 960)),
    Picture("import", OFFICER, _import),
    Picture("duplicates", OFFICER, _duplicates),
)


@contextmanager
def _demo() -> Iterator[str]:
    """Build and serve a demo of its own; yield its address."""
    with tempfile.TemporaryDirectory(prefix="gridwell-pictures-") as home:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GRIDWELL_")}
        environment.pop("DATABASE_URL", None)
        environment |= {"GRIDWELL_HOME": home, "GRIDWELL_DEMO": "1"}
        command = [sys.executable, "-m", "gridwell"]
        subprocess.run([*command, "demo", "--build-only"], env=environment, check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        served = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment)
        try:
            _wait_for(port, served)
            yield f"http://127.0.0.1:{port}"
        finally:
            served.terminate()
            served.wait(timeout=20)


def _wait_for(port: int, served: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if served.poll() is not None:
            raise SystemExit(f"The server ended with {served.returncode}.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.25)
    raise SystemExit("The server did not come up in a minute.")


def _sign_in(page: Any, url: str, user: str, language: str) -> None:
    page.goto(f"{url}/account/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], form button.is-main")
    page.wait_for_url(lambda there: "/account/login" not in there)
    page.goto(f"{url}/account/")
    switch = page.locator(f"main button[name=language][value={language}]")
    if switch.count():
        switch.first.click()
        page.wait_for_load_state("networkidle")


def _take(page: Any, picture: Picture, folder: Path) -> str:
    """Take one picture; return what is wrong with it, or nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{picture.name}.png"
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    page.screenshot(
        path=path, full_page=picture.is_whole, animations="disabled", caret="hide", scale="css"
    )
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size // 1000} kB", file=sys.stderr)
    return f"{path.name} has {size} bytes" if size > MOST_BYTES else ""


def _take_all(browser: Any, url: str, chosen: list[Picture]) -> list[str]:
    """Take the pictures in both languages; one sign-in for each user, language and size."""
    faults = []
    for short, (language, locale) in LANGUAGES.items():
        pages: dict[tuple[str, tuple[int, int]], Any] = {}
        for picture in chosen:
            key = picture.user, picture.size
            if key not in pages:
                context = browser.new_context(
                    viewport={"width": picture.size[0], "height": picture.size[1]},
                    locale=locale,
                    timezone_id="Asia/Shanghai",
                )
                pages[key] = context.new_page()
                pages[key].set_default_timeout(15_000)
                _sign_in(pages[key], url, picture.user, language)
            try:
                picture.walk(pages[key], url)
                fault = _take(pages[key], picture, PICTURES / short)
            except Exception as error:  # the next picture may still be taken
                fault = f"{short}/{picture.name}: {str(error).splitlines()[0]}"
            faults += [fault] if fault else []
        for page in pages.values():
            page.context.close()
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Take the pictures of the README and the handbook."
    )
    parser.add_argument("names", nargs="*", help="only these pictures")
    args = parser.parse_args()
    known = {picture.name: picture for picture in PICTURE_LIST}
    if unknown := set(args.names) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    chosen = [picture for name, picture in known.items() if not args.names or name in args.names]
    chromium = os.environ.get("GRIDWELL_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        print("Chromium is not on this machine; pictures stay as they are.", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        with _demo() as url:
            faults = _take_all(browser, url, chosen)
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
