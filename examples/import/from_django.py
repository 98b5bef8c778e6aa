# SPDX-License-Identifier: Apache-2.0
"""from_django.py - the users of a Django project as JSON lines for `jeton user import`.

    python3 manage.py shell < from_django.py > users.jsonl
"""
import json

from django.contrib.auth import get_user_model

for user in get_user_model().objects.prefetch_related("groups").order_by("pk"):
    roles = [group.name for group in user.groups.all()]
    if user.is_superuser:
        roles.append("admin")
    line = {"name": user.get_username(), "email": user.email, "roles": roles,
            "disabled": not user.is_active}
    if user.has_usable_password():
        line["password_hash"] = user.password
        print(json.dumps(line))
