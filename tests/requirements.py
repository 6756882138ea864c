"""`make requirements`: writes docs/privacy/requirements.md, what people are owed and the tests that hold it."""

from tests.promises import ROOT, holders

PAGE = ROOT / "docs" / "privacy" / "requirements.md"
HEAD = """\
# What people are owed

The privacy policy that miniOrange publishes for its WordPress plugin, read sentence by sentence: each claim that it
makes to a person is a requirement here, and the tests that fail when it does not hold stand below it. Written by
`make requirements` from the marks of the tests, as in `@pytest.mark.requirement("R-01")`; a test keeps it true.

"Operator" is whoever runs the server, "customer" a site owner with an account, "end user" the person who signs in at
the customer's site.
"""
GROUPS = {
    "Frame and definitions": {
        "R-01": "A customer can publish, in its own language, who handles the second factor, and that one's policy.",
        "R-02": "The operator states its commitment and scope, readable without signing in from every hosted page.",
        "R-03": "The policy tells each thing that is collected, and what it is used for.",
        "R-04": "It is a second factor for WordPress: the recorded traffic of the plugin passes from end to end.",
        "R-05": "Support is by mail, meeting and screen sharing; a screen is shared only after an agreement to it.",
        "R-06": "Where the servers stand and who processes below the operator are named; left empty, nothing starts.",
        "R-07": "A customer is a third party to its people: one customer never reads another's users.",
        "R-08": "Personal data is of named categories; what is “other” needs a written necessity.",
    },
    "Protection, sharing, notice of change": {
        "R-09": "The safeguards of the trade are in place.",
        "R-10": "Nothing personal leaves but with a basis, and through the ledger of recipients.",
        "R-11": "Everybody concerned is told of a significant new version; of a minor one nobody is.",
        "R-12": "A disclosure by consent names the consent; once withdrawn, the next one does not happen.",
        "R-13": "A disclosure on instruction names the instruction.",
        "R-14": "A disclosure for a feature goes to recipients of features that are in use, and to no other.",
        "R-15": "A disclosure that law demands names its document, takes two people and exports its scope alone.",
        "R-16": "A disclosure to enforce terms or protect people has a reason, a second person and a review.",
    },
    "What is collected": {
        "R-17": "Of each datum it is told where it came from.",
        "R-18": "Of each datum it is told what it is needed for.",
        "R-19": "Registering asks for address, company and password; name and phone are optional.",
        "R-20": "Personalisation is a purpose of its own and off until somebody wants it.",
        "R-21": "Support sees what the question is about; more takes a grant.",
        "R-22": "Questions are answered, and the answer is kept with the question.",
        "R-23": "Only counts leave the questions to improve what is written.",
        "R-24": "Content is adapted to a person only where that person wants it.",
        "R-25": "News goes to members who asked for it; an objection wins at the moment of sending.",
        "R-26": "Without risk-based access no device information is kept; with it, what is declared.",
        "R-27": "Questions have a category.",
        "R-28": "Questions have a state and a time of response.",
        "R-29": "Questions about a breach of terms are seen by few.",
        "R-30": "Trends of questions name nobody.",
        "R-31": "Addresses of end users are never used for marketing.",
        "R-32": "Of a person no more is kept than the declared list; answers to questions only as slow hashes.",
        "R-33": "Eight kinds of device information are read, and nothing else.",
        "R-34": "Data is used for the service alone.",
        "R-35": "Data is seen by the person, and by those whom the person or the customer let see it.",
        "R-36": "An authenticator app is given issuer and label; what a method passes on is said before it is added.",
    },
    "How it is used": {
        "R-37": "Each method asks for the data it needs and for no other.",
        "R-38": "Codes go to the known address, expire, count once and are never stored.",
        "R-39": "A person is written to about sign-ins, safety and what they asked for.",
        "R-40": "A risk decision keeps what it was made from, within the eight kinds.",
        "R-41": "The risk decides: allowed, asked for more, refused; a failure asks for more and never lets in.",
        "R-42": "A person who signs in sees every datum held.",
        "R-43": "A person's account is made once for each customer, and only after they agreed.",
    },
    "Duration and evidence of identity": {
        "R-44": "Processing ends with its purpose.",
        "R-45": "What has no purpose any more is kept apart until its printed date, then deleted.",
        "R-46": "In that time a person can still ask for it.",
        "R-47": "Without evidence of who asks nothing is given, not even whether there is something.",
        "R-48": "A request can be made by writing to the published address.",
        "R-49": "Deleting takes the same evidence.",
        "R-50": "Requests are answered within their time.",
    },
    "Agreement and encryption": {
        "R-51": "End users are asked to agree to the customer's terms, by version and language.",
        "R-52": "Who does not agree is not signed in.",
        "R-53": "Who does not agree leaves nothing behind: no row, no message, no file, no name in a log.",
        "R-54": "An agreement can be shown: version, text, time, way; withdrawn, the question comes back.",
        "R-55": "Data in transit is encrypted.",
    },
    "Rights": {
        "R-56": "Erasing covers the site's own database.",
        "R-57": "Erasing covers every store of the server.",
        "R-58": "A customer can delete an end user who asks for it, and no other customer's.",
        "R-59": "A request of an end user reaches the customer, with a clock.",
        "R-60": "A site that cannot be reached does not lose a request.",
        "R-61": "An objection to marketing takes one click and outlives erasure.",
        "R-62": "Other objections are decided with a reason.",
        "R-63": "What is wrong is corrected.",
        "R-64": "What is missing is completed; a new address is proven before it counts, and the old one is told.",
        "R-65": "A question about a datum is answered.",
        "R-66": "Access tells purposes, categories, recipients, time, source and rights.",
        "R-67": "Access gives the data itself, to one person, for a while; secrets are described only.",
        "R-68": "The rights hold for members as for end users.",
    },
    "Beyond the source, about risk": {
        "N5": "Risk is told from keyed hashes and coarse values; raw ones live minutes.",
        "N6": "A person is told why in plain words, says “this was me” or “not me”, and knows our notices by a phrase.",
        "N7": "A risk policy is tried on the sign-ins that were, and who could not pass is named, before it holds.",
        "N11": "A person sees and erases their risk history, and no hole opens by it.",
    },
}


def page() -> str:
    """The whole page."""
    found = holders("requirement")
    text = HEAD
    for title, rows in GROUPS.items():
        text += f"\n## {title}\n"
        for key, words in rows.items():
            tests = sorted(found.get(key, []))
            text += f"\n### {key}\n{words}\n\n"
            text += "".join(f"- {line}\n" for line in tests) if tests else "No test yet.\n"
    return text


def rows() -> set[str]:
    """The ids of all requirements."""
    return {key for group in GROUPS.values() for key in group}


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())
