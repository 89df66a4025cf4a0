from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0009_boxes")]

    operations = [
        migrations.AddField(
            model_name="trail",
            name="track",
            field=models.PositiveBigIntegerField(
                help_text="The same object on other images has the same number.", null=True
            ),
        ),
    ]
