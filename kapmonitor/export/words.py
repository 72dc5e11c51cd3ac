"""Plain words for where on the body and for drugs, which anybody may read."""

from __future__ import annotations

from typing import Final

_SITES: Final = """
left right l r both side upper lower outer inner mid middle medial lateral anterior posterior dorsal
ventral of the in on at to and iv im sc line access cannula catheter port pump infusion muscle vein
deltoid vastus lateralis medialis rectus femoris gluteal gluteus medius maximus ventrogluteal
dorsogluteal glute buttock hip thigh quadriceps triceps biceps shoulder arm upper-arm forearm elbow
antecubital cubital fossa acf cephalic basilic wrist hand back leg calf ankle foot abdomen chest
nostril nostrils nose nasal nare nares mouth cheek gum tongue under sublingual buccal oral lip
first second third
"""
_DRUGS: Final = """
ketamine esketamine s-ketamine arketamine midazolam lorazepam diazepam clonidine labetalol hydralazine
nifedipine metoprolol propranolol ondansetron metoclopramide promethazine droperidol glycopyrrolate
glycopyrronium naloxone flumazenil paracetamol acetaminophen ibuprofen oxygen saline
"""
SITE_WORDS: Final = frozenset(_SITES.split())
DRUGS: Final = frozenset({*_DRUGS.split(), "racemic ketamine", "ketamine hydrochloride", "ketamine hcl"})
