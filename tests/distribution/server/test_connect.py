"""What a record asks the server: the right leaflets, or none, and nothing of a patient."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from starlette.types import ASGIApp

from ...sites.records import ADDRESS, AS, ORIGIN
from ...support import Site
from .support import HOST, Answer, app_of, ask

CM = "2.16.840.1.113883.6.90"
SNOMED, RXNORM = "http://snomed.info/sct", "2.16.840.1.113883.6.88"
SERVICE, APPLICATION = "/connect/service", "/connect/application"


@pytest.fixture
def app(records: Site) -> ASGIApp:
    return app_of(records.folder)


def asked(code: str = "", system: str = CM, language: str = "", **more: str) -> bytes:
    """Return the query of a code in a language."""
    given = {
        "mainSearchCriteria.v.c": code, "mainSearchCriteria.v.cs": code and system,
        "informationRecipient.languageCode.c": language,
    }  # fmt: skip
    names = {name.replace("__", "."): value for name, value in more.items()}
    return urlencode({name: one for name, one in {**given, **names}.items() if one}).encode()


def feed(app: ASGIApp, query: bytes, **more: Any) -> Any:
    answer = ask(app, SERVICE, query=query + b"&knowledgeResponseType=application/json", **more)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["feed"]


def found(app: ASGIApp, *args: str, **more: str) -> list[str]:
    """Return what is found, by locale and topic; each with an approved PDF first."""
    entries = feed(app, asked(*args, **more))["entry"]
    for entry in entries:
        first = entry["link"][0]
        assert (first["type"], first["hreflang"]) == ("application/pdf", entry["lang"])
        assert first["href"].startswith(f"{ADDRESS}/")
        assert ".draft." not in first["href"]
    return [entry["link"][0]["href"].removeprefix(f"{ADDRESS}/").split(".")[0] for entry in entries]


def test_the_closest_leaflets_in_the_languages_that_are_asked_for(app: ASGIApp) -> None:
    eye = "en/as-and-the-eye"
    assert found(app, "M45.9", CM, "en") == [eye, f"en/{AS}"]
    assert found(app, "m459") == [eye, f"en/{AS}"]  # The clinic's own language.
    assert found(app, "M45", CM, "en") == [f"en/{AS}"]
    assert found(app, "9631008", SNOMED, "ar") == [f"ar/{AS}"]
    assert found(app, "M45.9", CM, "zh-TW") == [f"zh-Hant/{AS}"]
    both = {"informationRecipient__languageCode__c1": "en"}
    assert found(app, "M45.9", CM, "fil", **both) == [f"tl/{AS}", eye, f"en/{AS}"]
    union = {"mainSearchCriteria__v__c1": "9631008", "mainSearchCriteria__v__cs1": SNOMED}
    assert found(app, "M45.9", CM, "en", **union) == [f"en/{AS}", eye]  # Both exactly; by topic.


@pytest.mark.parametrize(
    ("code", "system", "language"),
    [
        ("M45.9", CM, "ti"),  # a draft
        ("M45.9", CM, "so"),  # a language that the site has not
        ("J45.909", CM, "en"),  # overdue
        ("M10.9", CM, "en"),  # withdrawn
        ("11289", RXNORM, "en"),  # older than its words
        ("M45", "2.16.840.1.113883.6.3", "en"),  # a code of another system
        ("M45", "1.2.3.4", "en"),  # a system that nobody knows here
        ("M4", CM, "en"),
    ],
)
def test_what_may_not_be_handed_out_is_none(
    app: ASGIApp, code: str, system: str, language: str
) -> None:
    assert found(app, code, system, language) == []


def test_words_are_judged_as_they_stand_at_each_request(records: Site, tmp_path: Path) -> None:
    shutil.copytree(records.folder, tmp_path, dirs_exist_ok=True)
    own, app = Site(tmp_path), app_of(tmp_path)
    assert found(app, "M45.9", CM, "es")
    own.write("withdrawn.toml", own.read("withdrawn.toml").replace("gout", AS))
    assert found(app, "M45.9", CM, "es") == []
    assert found(app, "M45.9", CM, "en") == ["en/as-and-the-eye"]
    own.edit("topics/as-and-the-eye/topic.md", "review_by: 2027-10-31", "review_by: 2026-11-30")
    assert found(app, "M45.9", CM, "en") == []
    own.write("clinic.toml", "name = ")
    assert ask(app, SERVICE, query=asked("M45.9")).status == 503


def test_json_and_atom_say_the_same(app: ASGIApp) -> None:
    query = asked("M45.9", CM, "ar", performer="PROV")
    said = feed(app, query)
    answer = ask(app, SERVICE, query=query)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    atom = ElementTree.fromstring(answer.body)
    space = "{http://www.w3.org/2005/Atom}"
    assert [child.tag.removeprefix(space) for child in atom] == [
        "title", "author", "updated", *["category"] * 4, "id", "entry",
    ]  # fmt: skip
    (entry,) = atom.iter(f"{space}entry")
    assert [child.tag.removeprefix(space) for child in entry] == [
        "title", *["link"] * 4, "id", "updated", "summary",
    ]  # fmt: skip
    assert [link.attrib for link in entry.iter(f"{space}link")] == said["entry"][0]["link"]
    assert entry.find(f"{space}title").text == "التهاب الفقار اللاصق"  # type: ignore[union-attr]
    names = [link["href"].removeprefix(f"{ADDRESS}/") for link in said["entry"][0]["link"]]
    assert names[:3] == [
        f"ar/{AS}.standard.pdf", f"ar/{AS}.html", f"ar/{AS}.standard.fhir.json",
    ]  # fmt: skip
    assert names[3].startswith(f"c/{AS}.html#ar-1.1")
    assert said["id"]["_value"] == "tag:leaflets.clinic.example,2026:connect"
    assert said["entry"][0]["id"]["_value"].endswith(f",2026:{AS}/ar/standard")
    assert said["entry"][0]["summary"]["_value"] == (
        "Version 1.1, issued 2026-11-23, review by 2027-11-22."
    )


def test_nothing_of_a_patient_is_read_echoed_logged_or_kept(
    app: ASGIApp, records: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    before = records.outputs()
    query = asked(
        "M45.9", CM, "es", age__v__v="6767", holder__assignedEntity__n="drsecret",
        mainSearchCriteria__v__dn="Jane Roe", patientPerson__administrativeGenderCode__c="F",
    )  # fmt: skip
    answers = [
        ask(app, path, query=sent, body=body, method=method, headers=headers)
        for path in (SERVICE, APPLICATION)
        for sent, body, method, headers in (
            (query, b"", "GET", {}),
            (query + b"&mainSearchCriteria.v.c=M45", b"", "GET", {}),
            (b"", query, "POST", {"content-type": "application/x-www-form-urlencoded"}),
            (b"", query, "POST", {"content-type": "application/json"}),
        )
    ]
    assert [answer.status for answer in answers] == [200, 400, 200, 400, 303, 400, 405, 405]
    said = repr(answers) + "".join(capfd.readouterr())
    for secret in ("6767", "drsecret", "Jane", "administrativeGender"):
        assert secret not in said
    assert records.outputs() == before


def test_what_is_too_long_or_no_form_is_refused(app: ASGIApp) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    long = asked("M45.9") + b"&x=" + b"7" * 8192
    assert ask(app, SERVICE, query=long).status == 414
    assert ask(app, SERVICE, "POST", long, form).status == 413
    assert ask(app, SERVICE, "POST", b"\xff", form).status == 400
    assert ask(app, SERVICE, "POST", asked("M45.9"), {"content-type": "text/plain"}).status == 400
    assert ask(app, SERVICE, "POST", query=asked("M45.9")).status == 200
    other = {"content-type": "Application/X-WWW-Form-URLEncoded; charset=UTF-8"}
    patient = b"&patientPerson.n=J\xf6rg&holder.n=%F6"
    assert ask(app, SERVICE, "POST", asked("M45.9") + patient, other).status == 200
    answer = ask(app, SERVICE, query=asked("M45.9", knowledgeResponseType="application/javascript"))
    assert (answer.status, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")


def test_the_application_leads_to_the_rack(app: ASGIApp) -> None:
    def leads(*args: str) -> str:
        answer = ask(app, APPLICATION, query=asked(*args))
        assert answer.status == 303
        return answer.headers["location"]

    assert leads("M45.9", CM, "es") == f"/#topic={AS}&lang=es"
    assert leads("9631008", SNOMED, "zh-TW") == f"/#topic={AS}&lang=zh-Hant"
    assert leads("M45.9", CM, "en") == "/#code=icd-10-cm%7CM45.9&lang=en"
    assert leads("M45.9", CM, "ti") == "/#code=icd-10-cm%7CM45.9&lang=ti"


def test_without_an_address_links_lead_to_the_server(records: Site, tmp_path: Path) -> None:
    shutil.copytree(records.folder, tmp_path, dirs_exist_ok=True)
    own = Site(tmp_path)
    own.edit("clinic.toml", f'[rack]\naddress = "{ADDRESS}"\n', "")
    app = app_of(tmp_path)
    said = feed(app, asked("M10"))
    assert said["base"] == f"http://{HOST}/"
    assert said["id"]["_value"].startswith("urn:uuid:")
    assert "uri" not in said["author"]


def origins(
    app: ASGIApp, headers: dict[str, str], path: str = SERVICE, method: str = "GET"
) -> Answer:
    headers = {"content-type": "application/x-www-form-urlencoded", **headers}
    query = asked("M45.9", CM, "es")
    sent = {"body": query} if method == "POST" else {"query": query}
    return ask(app, path, method, headers=headers, **sent)  # type: ignore[arg-type]


def test_a_browser_may_ask_from_a_record_that_is_listed_alone(app: ASGIApp) -> None:
    across = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
    for method in ("GET", "POST"):
        listed = origins(app, {"origin": ORIGIN, **across}, method=method)
        assert listed.status == 200
        assert listed.headers["access-control-allow-origin"] == ORIGIN
        assert listed.headers["vary"] == "Origin"
        assert listed.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "access-control-allow-credentials" not in listed.headers
        assert listed.headers["x-frame-options"] == "SAMEORIGIN"
        for origin in ("https://evil.example", f"{ORIGIN}.evil.example", "null", f"{ORIGIN}:8443"):
            for sent in (across, {}):
                foreign = origins(app, {"origin": origin, **sent}, method=method)
                assert foreign.status == 403
                assert "access-control-allow-origin" not in foreign.headers
        assert origins(app, across, method=method).status == 403
        assert origins(app, {}, method=method).status == 200  # A record's server.
    assert origins(app, {"origin": ORIGIN, **across}, "/connect/codes.json").status == 200
    resource = ask(app, f"/es/{AS}.standard.fhir.json")
    assert (resource.status, resource.headers["content-type"]) == (200, "application/fhir+json")
    for path in ("/", f"/es/{AS}.standard.pdf", "/_serve/printers"):
        assert origins(app, {"origin": ORIGIN, **across}, path).status == 403
    printing = origins(app, {"origin": ORIGIN, **across}, "/_serve/print", "POST")
    assert printing.status == 403
    assert "access-control-allow-origin" not in printing.headers
