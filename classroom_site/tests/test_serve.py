"""`manage.py serve` as an operator meets it: starts, stops, repairs itself, refuses clearly."""

import os
import signal
import subprocess
import time

import psutil
import pytest
import requests

from classroom_site.tests.product import PYTHON, ROOT, Product, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def product(tmp_path):
    product = Product(tmp_path)
    yield product
    product.close()


def whole_tree(product: Product) -> list[int]:
    """Pids of every process, once web, worker, queue and fork server are all up."""
    eventually(lambda: len(product.tree()) >= 8, within=30, message="the whole tree")
    return [process.pid for process in product.tree()]


def gone(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) for pid in pids)


def test_the_first_start_offers_a_link_that_makes_the_admin_once(product):
    said = product.start()
    assert said[0].endswith(f"{product.url}/")
    link = said[1].split()[-1]
    assert link.startswith(f"{product.url}/setup/")
    session = requests.Session()
    page = session.get(link, timeout=10)
    assert page.status_code == 200
    form = {
        "csrfmiddlewaretoken": session.cookies["csrftoken"],
        "email": "diretora@escola.example",
        "full_name": "Marta Lima",
        "password": "giz-e-lousa-7",
    }
    made = session.post(link, data=form, headers={"Referer": link}, timeout=10)
    assert made.status_code == 200
    assert session.get(f"{product.url}/admin/", timeout=10).status_code == 200
    assert requests.get(link, timeout=10).status_code == 404
    product.stop()
    assert len(product.start()) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_main_process_ends_every_process(product, how):
    product.start()
    tree = whole_tree(product)
    assert product.stop(how) < 15
    assert gone(tree)
    assert product.marked() == []


def test_a_signal_to_the_whole_group_ends_every_process(product):
    product.start()
    tree = whole_tree(product)
    groups = {os.getpgid(pid) for pid in tree} | {os.getpgid(product.pid)}
    began = time.monotonic()
    for group in groups:
        os.killpg(group, signal.SIGTERM)
    product.stop()
    assert time.monotonic() - began < 15
    assert gone(tree)
    assert product.marked() == []


def test_a_killed_supervisor_leaves_no_process_behind_and_can_start_again(product):
    product.start()
    tree = whole_tree(product)
    product.stop(signal.SIGKILL)
    product.start()
    assert gone(tree)
    assert requests.get(f"{product.url}/health/live", timeout=5).json() == {"status": "ok"}


def test_killed_parts_are_started_again(product):
    product.start()
    before = set(whole_tree(product))
    for part in psutil.Process(product.pid).children():
        part.kill()

    def answers() -> bool:
        try:
            return requests.get(f"{product.url}/health/live", timeout=2).ok
        except requests.RequestException:
            return False

    eventually(answers, within=20)
    eventually(lambda: len(product.tree()) >= len(before), within=20)
    assert before.isdisjoint(process.pid for process in product.tree())


def test_a_second_start_on_the_same_folder_is_refused(product):
    product.start()
    again = subprocess.run(
        [PYTHON, "manage.py", "serve"],
        cwd=ROOT,
        env=product.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert again.returncode == 2
    assert "It runs already" in again.stderr
    assert requests.get(f"{product.url}/health/live", timeout=5).ok


def test_a_port_in_use_is_said_in_one_line(product, tmp_path):
    product.start()
    environment = {**product.environment, "DATA_DIR": str(tmp_path / "other")}
    other = subprocess.run(
        [PYTHON, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert other.returncode == 2
    assert other.stderr.count("\n") == 1
    assert f"127.0.0.1:{product.port}" in other.stderr
