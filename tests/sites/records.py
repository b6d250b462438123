"""A site that records ask for leaflets: words and `dist` as of 2026-12-01.

    python -m tests.sites.records DIR     writes DIR/handouts and DIR/dist

| topic | codes | is |
|---|---|---|
| `ankylosing-spondylitis` | M45, 9631008 | 1.1, after a 1.0; approved but for ti, a draft |
| `as-and-the-eye` | M45.9 | approved in English |
| `asthma` | J45 | past its review date |
| `gout` | M10 | withdrawn |
| `warfarin` | RxNorm 11289 | older than its words |
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterable
from contextlib import chdir
from pathlib import Path

import pipeline
from pressroom.review.sign import sign_leaflet

from ..support import SHIPPED, TODAY, Site, make_site, translate_topic

#: Where the clinic's rack is served, and a record that may ask `serve` from a browser.
ADDRESS = "https://leaflets.clinic.example"
ORIGIN = "https://ehr.clinic.example"

AS = "ankylosing-spondylitis"

_TOPIC = """\
---
id: {id}
title: {title}
main_message: {title} can be treated well.
action: Tell your care team early when something changes.
tags: [rheumatology]
codes:
{codes}
version: "1.0"
issued: {issued}
review_by: {review_by}
authors: [Ada Author]
reviewers: []
funder: none
conflicts: none
sources: [A guideline]
pages: 2
---

::: urgent
- New back or neck pain after a fall, even a small one.
:::

## What is it? {{#what}}

Your care team can tell you more.
"""

#: The words of the topic by locale.
WORDS = {
    "es": {
        "Ankylosing spondylitis": "Espondilitis anquilosante",
        "Ankylosing spondylitis can be treated well.": (
            "La espondilitis anquilosante se puede tratar bien."
        ),
        "Tell your care team early when something changes.": (
            "Avise pronto a su equipo de salud cuando algo cambie."
        ),
        "New back or neck pain after a fall, even a small one.": (
            "Dolor nuevo de espalda o cuello tras una caída, aunque la caída sea leve."
        ),
        "none": "no hay",
        "What is it?": "¿Qué es?",
        "Your care team can tell you more.": "Su equipo de salud puede contarle más.",
    },
    "ar": {
        "Ankylosing spondylitis": "التهاب الفقار اللاصق",
        "Ankylosing spondylitis can be treated well.": "يمكن علاج التهاب الفقار اللاصق جيدًا.",
        "Tell your care team early when something changes.": (
            "أخبر فريق رعايتك مبكرًا عند حدوث أي تغيّر."
        ),
        "New back or neck pain after a fall, even a small one.": (
            "ألم جديد في الظهر أو الرقبة بعد سقوط، ولو كان السقوط بسيطًا."
        ),
        "none": "لا يوجد",
        "What is it?": "ما هو؟",
        "Your care team can tell you more.": "يمكن لفريق رعايتك أن يخبرك بالمزيد.",
    },
    "zh-Hans": {
        "Ankylosing spondylitis": "强直性脊柱炎",
        "Ankylosing spondylitis can be treated well.": "强直性脊柱炎可以得到很好的治疗。",
        "Tell your care team early when something changes.": "情况有变化时，及早告诉您的医疗团队。",
        "New back or neck pain after a fall, even a small one.": (
            "跌倒后（即使很轻微）新出现背痛或颈痛。"
        ),
        "none": "无",
        "What is it?": "这是什么病？",
        "Your care team can tell you more.": "您的医疗团队可以告诉您更多。",
    },
    "zh-Hant": {
        "Ankylosing spondylitis": "僵直性脊椎炎",
        "Ankylosing spondylitis can be treated well.": "僵直性脊椎炎可以得到很好的治療。",
        "Tell your care team early when something changes.": "情況有變化時，及早告訴您的醫療團隊。",
        "New back or neck pain after a fall, even a small one.": (
            "跌倒後出現新的腰背痛或頸痛，即使只是輕微跌倒。"
        ),
        "none": "無",
        "What is it?": "這是什麼病？",
        "Your care team can tell you more.": "您的醫療團隊可以告訴您更多。",
    },
    "pt-BR": {
        "Ankylosing spondylitis": "Espondilite anquilosante",
        "Ankylosing spondylitis can be treated well.": (
            "A espondilite anquilosante pode ser bem tratada."
        ),
        "Tell your care team early when something changes.": (
            "Avise logo sua equipe de saúde quando algo mudar."
        ),
        "New back or neck pain after a fall, even a small one.": (
            "Dor nova nas costas ou no pescoço depois de uma queda, mesmo pequena."
        ),
        "none": "nenhum",
        "What is it?": "O que é?",
        "Your care team can tell you more.": "Sua equipe de saúde pode contar mais.",
    },
    "tl": {
        "Ankylosing spondylitis": "Sakit na ankylosing spondylitis",
        "Ankylosing spondylitis can be treated well.": (
            "Maaaring gamutin nang mabuti ang ankylosing spondylitis."
        ),
        "Tell your care team early when something changes.": (
            "Sabihin agad sa inyong pangkat ng pangangalaga kapag may nagbago."
        ),
        "New back or neck pain after a fall, even a small one.": (
            "Bagong pananakit ng likod o leeg pagkatapos mahulog o madapa, kahit bahagya lang."
        ),
        "none": "wala",
        "What is it?": "Ano ito?",
        "Your care team can tell you more.": (
            "Makapagsasabi pa sa inyo ang inyong pangkat ng pangangalaga."
        ),
    },
    "ti": {
        "Ankylosing spondylitis": "ኣንካይሎሲንግ ስፖንዲላይቲስ",
        "Ankylosing spondylitis can be treated well.": "ኣንካይሎሲንግ ስፖንዲላይቲስ ጽቡቕ ገይሩ ክሕከም ይኽእል።",
        "Tell your care team early when something changes.": (
            "ዝኾነ ነገር እንተተቐይሩ ንጉጅለ ሕክምናኹም ኣቐዲምኩም ንገሩ።"
        ),
        "New back or neck pain after a fall, even a small one.": (
            "ድሕሪ ምውዳቕ፣ ቀሊል ምውዳቕ እንተኾነ እውን፣ ሓድሽ ቃንዛ ሕቖ ወይ ክሳድ።"
        ),
        "none": "የለን",
        "What is it?": "እንታይ እዩ?",
        "Your care team can tell you more.": "ጉጅለ ሕክምናኹም ዝያዳ ክነግሩኹም ይኽእሉ።",
    },
}


def topic(
    name: str, title: str, codes: str, issued: str = "2026-11-01", review_by: str = "2027-10-31"
) -> str:
    """Return the text of a topic of one short section."""
    return _TOPIC.format(id=name, title=title, codes=codes, issued=issued, review_by=review_by)


TOPICS = {
    AS: topic(AS, "Ankylosing spondylitis", '  icd-10-cm: [M45]\n  snomed-ct: ["9631008"]'),
    "as-and-the-eye": topic("as-and-the-eye", "AS and the eye", "  icd-10-cm: [M45.9]"),
    "asthma": topic("asthma", "Asthma", "  icd-10-cm: [J45]", "2024-12-01", "2026-11-30"),
    "gout": topic("gout", "Gout", "  icd-10-cm: [M10]"),
    "warfarin": topic("warfarin", "Warfarin", '  rxnorm: ["11289"]'),
}


def make(folder: Path, run: Callable[..., object], locales: tuple[str, ...] = tuple(WORDS)) -> Site:
    """Make the site in a folder, by commands that `run` runs there; in some of its locales."""
    site = make_site(folder, ("en",), TOPICS)
    site.edit("clinic.toml", 'locales = ["en"]', f"locales = {['en', *locales]}".replace("'", '"'))
    site.edit(
        "clinic.toml", 'Test Street Clinic"\njurisdiction', 'Harbour Street Clinic"\njurisdiction'
    )
    tables = f'\n[rack]\naddress = "{ADDRESS}"\n\n[record]\norigins = ["{ORIGIN}"]\n'
    site.write("clinic.toml", site.read("clinic.toml") + tables)
    for code in locales:
        house = site.path(f"locales/{code}/house.po")
        house.parent.mkdir()
        shutil.copyfile(SHIPPED / "locales" / code / "house.po", house)
        translate_topic(site, site.path(f"topics/{AS}/topic.md"), code, WORDS[code])

    signed = [(AS, code) for code in ("en", *locales) if code != "ti"]
    _sign(site, [*signed, ("gout", "en"), ("warfarin", "en")])
    run("build", AS, "gout", "warfarin", "--quiet")

    site.edit(
        f"topics/{AS}/topic.md",
        'version: "1.0"\nissued: 2026-11-01\nreview_by: 2027-10-31',
        'version: "1.1"\nissued: 2026-11-23\nreview_by: 2027-11-22',
    )
    _sign(site, [*signed, ("as-and-the-eye", "en"), ("asthma", "en")])
    run("withdraw", "gout", "--because", "the dose is wrong", "--by", "Dr Öz")
    site.edit("topics/warfarin/topic.md", "can tell you more", "knows more")
    run("build", "--quiet")
    return site


def _sign(site: Site, texts: Iterable[tuple[str, str]]) -> None:
    words = site.words()
    for name, code in texts:
        for role in words.site.clinic.asked_approvals(code):
            sign_leaflet(words, name, code, role, f"Dr {role}")


def _run(*arguments: str) -> None:
    pipeline.handouts.main([*arguments, "--today", TODAY.isoformat()], standalone_mode=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    folder = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with chdir(folder):
        make(folder, _run)
