"""PostgreSQL does not log the counters: after a crash they begin at nought, which harms nobody."""

from django.db import migrations


def _set(how):
    def change(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE core_ratebucket SET {how}")

    return change


class Migration(migrations.Migration):
    dependencies = [("core", "0002_rate_buckets")]
    operations = [migrations.RunPython(_set("UNLOGGED"), _set("LOGGED"))]
