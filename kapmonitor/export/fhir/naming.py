"""How the resources of a Bundle name each other."""

from __future__ import annotations

import uuid

from kapmonitor.export.fhir.coding import Json


class Names:
    """Made from the session's id; a de-identified one, which has none, gets names nobody can guess."""

    def __init__(self, session: str) -> None:
        self._root = uuid.uuid5(uuid.NAMESPACE_OID, session) if session else uuid.uuid4()

    def url(self, kind: str, key: str) -> str:
        return f"urn:uuid:{uuid.uuid5(self._root, f'{kind}/{key}')}"

    @property
    def patient(self) -> Json:
        return {"reference": self.url("Patient", "")}

    def device(self, device: str) -> Json:
        return {"reference": self.url("Device", device)}
