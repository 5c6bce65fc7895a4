import re
import subprocess
import sys

from tests.reading import ROOT

PAGE = (ROOT / "README.md").read_text("utf-8")


def test_the_example_prints_what_the_page_says():
    code, said = re.findall(r"```(?:python|text)\n(.*?)```", PAGE, re.DOTALL)[:2]
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == said.splitlines()


def test_what_the_page_links_to_is_there():
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []
