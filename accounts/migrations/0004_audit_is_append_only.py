"""PostgreSQL keeps the audit trail from being changed, whatever the program does.

Who has to, says so for one transaction: `SET LOCAL classroom.audit_maintenance = 'on'`
(accounts.services.audit). SQLite, which has no such settings, relies on the model.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION refuse_to_change_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('classroom.audit_maintenance', true) = 'on' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'audit entries are written once, and never changed';
END
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit();
"""

NO_GUARD = """
DROP TRIGGER audit_is_append_only ON accounts_auditentry;
DROP FUNCTION refuse_to_change_audit();
"""


def _run(sql):
    def on_postgresql(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql, params=None)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_people_and_permissions")]

    operations = [migrations.RunPython(_run(GUARD), _run(NO_GUARD))]
