"""`make promises`: writes docs/promises.md, what must hold and the tests that hold it, from the tests' own marks."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "promises.md"
HEAD = """\
# Promises

What must hold whatever comes, and the tests that fail when it does not. Written by `make promises` from the marks
of the tests, as in `@pytest.mark.promise("S1")`; a test keeps it true. S is about attackers, R about faults.
"""
WORDS = {
    "S1": "Wrong answers count for the authenticator, whatever is begun; a hundred in a row switch it off.",
    "S2": "Of many answers at the same moment no more are judged, and no more pass, than one after another.",
    "S3": "While an authenticator waits even the right answer is refused, and its wait ends with one try.",
    "S4": "One person has one name, however it is spelled; names that disguise themselves are refused.",
    "S5": "A code, an app's step and a link work once, whichever call or page they are spent through.",
    "S6": "A code is good for the customer, person, authenticator, sign-in, method and purpose it was made for alone.",
    "S7": "What is not a code in plain digits is a wrong answer; a missing secret equals nothing.",
    "S8": "The password alone opens no page where a second factor is set.",
    "S9": "Nobody gets in by enrolling: a secret that was reset stays refused, another address proves itself alone.",
    "S10": "Nobody reads or changes what belongs to another customer, and no call finds members or staff.",
    "S11": "Who is disabled, restricted or erased gets in through no call, link or page.",
    "S12": "A forged address of origin changes nothing; headers of any size are cut and read.",
    "S13": "A signed call works for five minutes and acts once.",
    "S14": "A token of the prompt's clients is taken once, signed by the one algorithm, with every claim it must have.",
    "S15": "Nobody is led to another server by an address that somebody else made up.",
    "S16": "A code that leads back to a site is good once, for that site, address and person.",
    "S17": "Addresses in mails are the configured ones, whatever host a request names.",
    "S18": "Programs that follow the links of mails decide nothing.",
    "S19": "Nobody is worn down by requests to approve.",
    "S20": "Strangers who answer wrongly do not keep the owner out.",
    "S21": "Sign-in, registration and the forgotten password answer alike for known and unknown addresses.",
    "S22": "Messages cannot be had in bulk: numbers, their neighbours, countries and customers have limits.",
    "S23": "What strangers write is shown as text, heads of mails hold one line, and logs one line an event.",
    "S24": "A downloaded list holds no formula.",
    "S25": "Addresses that strangers choose lead to no machine of ours.",
    "S26": "Uploads cannot burst what reads them.",
    "S27": "No body of a call, however broken, is answered by an error of ours.",
    "S28": "Long texts cost no more than short ones.",
    "S29": "No password, code, cookie, link, key or secret stays readable in the database, and none is in a log.",
    "S30": "Background work travels as JSON that holds no personal data.",
    "S31": "Secrets are compared in constant time, and error pages tell none.",
    "S32": "A passkey's challenge is answered once, in the session that asked.",
    "S33": "A fresh production server has no demo, no default sign-in, and its first staff come by command.",
    "S34": "No answer holds the code that it asks for.",
    "R1": "Killed at any moment, work is done once or not begun.",
    "R2": "Killed after a provider's yes, nothing is sent a second time by itself.",
    "R3": "A broker that is down or emptied costs no message and delays no answer.",
    "R4": "A worker that lives and does nothing is noticed and started again.",
    "R5": "Without its database the server says so, lets nobody in, and recovers alone.",
    "R6": "A lock that somebody else holds makes an answer late, never wrong.",
    "R7": "A full disk is said to be full before anything is half-written.",
    "R8": "Clocks that are wrong bring back no code: the database's clock decides.",
    "R9": "Providers that are slow, refuse or fall silent cost their time limit and no code too many.",
    "R10": "The same piece of work twice has one effect.",
    "R11": "A message that cannot be prepared is given up alone.",
    "R12": "After an outage the newest codes go first, and what is too late is not sent.",
    "R13": "Processes of the last release and of this one bear each other.",
    "R14": "A restored backup brings back neither erased people nor spent codes.",
}
NOT_YET = {
    "S19": "there is no method that asks for approval on a phone yet",
    "S26": "nothing can be uploaded yet",
    "R13": "there is no release before this one",
}


def page() -> str:
    """The whole page."""
    found = holders()
    text = HEAD
    for key, words in WORDS.items():
        text += f"\n## {key}\n{words}\n\n"
        text += f"Not yet: {NOT_YET[key]}.\n" if key in NOT_YET else ""
        text += "".join(f"- {line}\n" for line in sorted(found.get(key, [])))
    return text


def holders(mark: str = "promise") -> dict[str, list[str]]:
    """The tests with a mark, as `file: what it says`, by each id that the mark names."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        module = [key for node in tree.body if _is_module_mark(node) for key in _ids(node, mark)]
        for function in tree.body:
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
                words = function.name.removeprefix("test_").replace("_", " ")
                own = (key for decorator in function.decorator_list for key in _ids(decorator, mark))
                for key in dict.fromkeys([*module, *own]):
                    found.setdefault(key, []).append(f"`{path.relative_to(ROOT)}`: {words}")
    return found


def _is_module_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    )


def _ids(node: ast.AST, mark: str) -> Iterator[str]:
    """What stands in the brackets of every `pytest.mark.<mark>(...)` in a node."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == mark:
            yield from (ast.literal_eval(argument) for argument in call.args)


if __name__ == "__main__":
    PAGE.write_text(page())
