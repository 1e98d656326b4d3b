"""Django: its settings, applications, migrations and commands are the application's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import answers, universe
from tests.tools.serving import free_port, serving

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow


@pytest.fixture(params=["shared", "isolated", "of another version"])
def site(request: pytest.FixtureRequest, tool_project: ToolProject) -> ProjectFolder:
    """A site of one application, with Django for everybody, by itself, or in need of another sqlparse."""
    if request.param == "shared":
        project = tool_project("django")
    elif request.param == "isolated":
        project = tool_project("django", isolate=("django",), extra=universe.beside_other_lib("django"))
    else:
        needs = '[tool.mvenv.constraints]\ndjango = ["sqlparse>=0.5.1"]\n'
        project = tool_project("django", "sqlparse==0.5.0", extra=needs)
    answers.write(project)
    for path, text in SITE.items():
        project.write(path, text)
    return project


SITE = {
    "manage.py": """
        import os
        import sys

        import lib

        if __name__ == "__main__":
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
        """,
    "site_settings.py": """
        import lib
        import answers

        SECRET_KEY = "x"
        DEBUG = True
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "site_urls"
        INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.staticfiles", "shop"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
        STATIC_URL = "static/"
        STATIC_ROOT = "collected"
        STATICFILES_FINDERS = ["shop.finding.Finder", "django.contrib.staticfiles.finders.AppDirectoriesFinder"]
        MIDDLEWARE = ["shop.middleware.Marks"]
        TEMPLATES = [{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"libraries": {"sides": "shop.tags"}},
        }]
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        LIB = lib.VERSION
        """,
    "site_urls.py": """
        from django.http import JsonResponse
        from django.shortcuts import render
        from django.urls import path
        import answers

        urlpatterns = [
            path("", lambda request: JsonResponse(answers.answer())),
            path("pooled/<method>", lambda request, method: JsonResponse(answers.pooled(method), safe=False)),
            path("page", lambda request: render(request, "page.html")),
        ]
        """,
    "shop/__init__.py": "",
    "shop/apps.py": """
        from django.apps import AppConfig
        import answers

        class Shop(AppConfig):
            name = "shop"

            def ready(self):
                import lib
                assert lib.VERSION == "1" and answers.each_side() == ["1", "1", "2"]
        """,
    "shop/models.py": """
        from django.db import models
        import lib

        class Item(models.Model):
            version = models.CharField(max_length=9, default=lib.which)
        """,
    "shop/middleware.py": """
        import lib

        class Marks:
            def __init__(self, get_response):
                self.get_response = get_response

            def __call__(self, request):
                answer = self.get_response(request)
                answer["X-Lib"] = lib.VERSION
                return answer
        """,
    "shop/finding.py": """
        from django.contrib.staticfiles.finders import FileSystemFinder
        import lib

        class Finder(FileSystemFinder):
            def list(self, patterns):
                print("finding with", lib.VERSION)
                return super().list(patterns)
        """,
    "shop/static/shop.txt": "static",
    "shop/tags.py": """
        from django import template
        import answers

        register = template.Library()

        @register.simple_tag
        def sides():
            import lib
            return " ".join([lib.VERSION, *answers.each_side()])
        """,
    "shop/templates/page.html": "{% load sides %}{% sides %}",
    "shop/management/__init__.py": "",
    "shop/management/commands/__init__.py": "",
    "shop/management/commands/tell.py": """
        from django.core.management.base import BaseCommand
        import answers

        class Command(BaseCommand):
            def handle(self, **options):
                import lib
                self.stdout.write(f"{lib.VERSION} {answers.answer()}")
        """,
    "shop/migrations/__init__.py": "",
    "shop/tests.py": """
        from django.test import TestCase
        import answers
        import lib
        from shop.models import Item

        class Sides(TestCase):
            def test_answers(self):
                self.assertEqual([item.version for item in Item.objects.all()], ["1"])  # a migration's
                Item(version=lib.which()).full_clean()
                self.assertEqual(answers.each_side(), ["1", "1", "2"])

            def test_pages(self):
                self.assertEqual(self.client.get("/").json()["late"], ["1", "1", "2"])
                self.assertEqual(self.client.get("/page").content, b"1 1 1 2")

        class More(TestCase):
            def test_late(self):
                self.assertEqual(answers.answer()["late"], ["1", "1", "2"])
        """,
}


@pytest.mark.tool("Django", how="`mvenv run python manage.py runserver`, with reload and without")
def test_runserver(site: ProjectFolder) -> None:
    port = free_port()
    with serving(site, port, "python", "manage.py", "runserver", str(port), "--skip-checks") as server:
        assert server.get("/page") == "1 1 1 2"
        answers.all_right(server)
        answers.reloads(site, server)


@pytest.mark.tool(
    "Django",
    how="`makemigrations`, `migrate`, `collectstatic`, commands of one's own, `test --parallel`",
)
def test_commands(site: ProjectFolder) -> None:
    def manage(*arguments: str, stdin: str = "") -> str:
        return site.mvenv("run", "python", "manage.py", *arguments, stdin=stdin).out

    assert "Create model Item" in manage("makemigrations", "shop")
    (migration,) = (site.root / "shop/migrations").glob("0001*.py")
    assert "default=lib.which" in migration.read_text()
    site.write("shop/migrations/0002_fill.py", FILL)
    assert "Applying shop.0002_fill... OK" in manage("migrate")
    assert "finding with 1" in (collected := manage("collectstatic", "--noinput")), collected
    assert (site.root / "collected/shop.txt").read_text() == "static"
    assert manage("tell") == f"1 {answers.RIGHT}\n"
    tests = site.mvenv("run", "python", "manage.py", "test", "--parallel=2")
    assert "Ran 3 tests" in tests.err, tests
    assert "OK" in tests.err, tests
    django = site.mvenv("run", "django-admin", "tell", "--settings=site_settings", "--pythonpath=.")
    assert django.out == f"1 {answers.RIGHT}\n"


FILL = """
    from django.db import migrations
    import answers
    import lib

    def fill(apps, schema_editor):
        assert lib.VERSION == "1" and answers.each_side() == ["1", "1", "2"]
        apps.get_model("shop", "Item").objects.create()

    class Migration(migrations.Migration):
        dependencies = [("shop", "0001_initial")]
        operations = [migrations.RunPython(fill)]
    """


@pytest.mark.tool(
    "Django",
    limit="`shell -c`, and a script piped to `shell`, run in Django's globals: if it is isolated they see what it sees",
)
def test_code_for_the_shell(tool_project: ToolProject) -> None:
    project = tool_project("django", isolate=("django",), extra=universe.beside_other_lib("django"))
    for path, text in SITE.items():
        project.write(path, text)
    answers.write(project)
    outcome = project.mvenv(
        "run", "python", "manage.py", "shell", "-c", "import lib; print('sees', lib.VERSION)"
    )
    assert "sees 2" in outcome.out, outcome
