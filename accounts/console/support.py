"""Support pages: a customer's questions and the operator's answers."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.console import listing
from accounts.console.access import dashboard
from accounts.console.fields import LineField
from accounts.console.pages import actor, say, soon
from accounts.http import KumquatRequest
from accounts.limits import Limit
from accounts.models import Customer, Ticket, User
from accounts.roles import Right, may
from accounts.support import granting, verbs
from accounts.verbs.people import find_user

TONES = {Ticket.State.OPEN: "info", Ticket.State.ANSWERED: "good", Ticket.State.CLOSED: "idle"}
AN_HOUR = 20  # texts of one customer
HOURS = ngettext_lazy("%(n)d hour", "%(n)d hours", "n")


class TextForm(forms.Form):
    """A text to support."""

    text = forms.CharField(
        label=gettext_lazy("Your text"),
        max_length=verbs.LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write a few words first.")},
    )


class TicketForm(TextForm):
    """A new question."""

    subject = LineField(
        label=gettext_lazy("What is it about?"),
        max_length=200,
        error_messages={"required": gettext_lazy("A few words, so that we find it again.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=verbs.LONGEST,
        help_text=gettext_lazy("Say what you did, what you saw, and when. Never a password, a code or a whole key."),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Write what you want to ask.")},
    )
    topic = forms.ChoiceField(label=gettext_lazy("Category"), choices=listing.capped(Ticket.Topic))
    field_order = ("topic", "subject", "text")


class LeaveForm(forms.Form):
    """Whose data support may see, and how long."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Left empty: all of your people."),
    )
    hours = forms.TypedChoiceField(
        label=gettext_lazy("How long"),
        coerce=int,
        choices=lambda: [(n, HOURS % {"n": n}) for n in granting.HOURS],  # in the language of the page
    )

    def __init__(self, customer: Customer, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.customer = customer

    def clean_username(self) -> User | None:
        """The person of this name; None for everybody."""
        name = self.cleaned_data["username"].strip()
        found = find_user(self.customer, name) if name else None
        if name and found is None:
            raise forms.ValidationError(_("Nobody of this name is among your people."))
        return found


class TicketFilters(listing.Filters):
    """Tickets by state."""

    state = listing.Choice(gettext_lazy("State"), gettext_lazy("All states"), listing.capped(Ticket.State))


def ticket_of(request: KumquatRequest, public_id: str) -> Ticket:
    """One of the customer's tickets; 404 for anybody else's."""
    return get_object_or_404(Ticket, customer=request.customer, public_id=public_id)


@dashboard(Right.ASK, of_test=False)
def tickets(request: KumquatRequest) -> HttpResponse:
    """The customer's questions, newest first."""
    filters = TicketFilters(request)
    mine = Ticket.objects.filter(customer=request.customer).select_related("user")
    state = filters.chosen("state")
    mine = mine if state is None else mine.filter(state=state)
    page = listing.page(request, mine)
    context = {
        "page": page,
        "rows": [(ticket, TONES[Ticket.State(ticket.state)]) for ticket in page.rows],
        "filters": filters,
        "found": listing.counted(mine, ngettext_lazy("%(n)s question", "%(n)s questions", "count")),
    }
    return render(request, "console/tickets.html", context)


@dashboard(Right.ASK, of_test=False)
def ask(request: KumquatRequest) -> HttpResponse:
    """A new question."""
    form = TicketForm(request.POST or None)
    if form.is_valid() and not _too_many(request, form):
        by = actor(request)
        ticket = verbs.open_ticket(customer=request.customer, user=request.membership.user, by=by, **form.cleaned_data)
        say(request, _("We have your question, and answer here and by e-mail."))
        return redirect("console:ticket", ticket.public_id)
    return render(request, "console/ticket_open.html", {"form": form})


@dashboard(Right.ASK, of_test=False)
def ticket(request: KumquatRequest, public_id: str) -> HttpResponse:
    """One question with all that was written, and the field to write again."""
    found = ticket_of(request, public_id)
    form = TextForm(request.POST or None)
    if form.is_valid() and not _too_many(request, form):
        verbs.reply(found, request.membership.user, form.cleaned_data["text"], actor(request))
        say(request, _("We have your text."))
        return redirect("console:ticket", found.public_id)
    return _show(request, found, form, LeaveForm(request.customer, prefix="leave"))


def _show(request: KumquatRequest, found: Ticket, form: TextForm, leave: LeaveForm) -> HttpResponse:
    context = {
        "ticket": found,
        "tone": TONES[Ticket.State(found.state)],
        "entries": found.entries.select_related("user").order_by("at"),
        "form": form,
        "leave": leave,
        "leaves": granting.current().filter(ticket=found).select_related("user"),
        "may_leave": may(request.membership.role, Right.EDIT_PEOPLE),
    }
    return render(request, "console/ticket.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@dashboard(Right.EDIT_PEOPLE, of_test=False)
def leave(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Let support see people in full over this question, for some hours."""
    found = ticket_of(request, public_id)
    if request.method != "POST":  # a refused form that was loaded again
        return redirect("console:ticket", found.public_id)
    form = LeaveForm(request.customer, request.POST, prefix="leave")
    if not form.is_valid():
        return _show(request, found, TextForm(), form)
    granting.give(found, form.cleaned_data["username"], form.cleaned_data["hours"], actor(request))
    say(request, _("Support may look. You can take it back here at any time."))
    return redirect("console:ticket", found.public_id)


@require_POST
@dashboard(Right.EDIT_PEOPLE, of_test=False)
def leave_end(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Take it back at once."""
    found = ticket_of(request, public_id)
    for grant in granting.current().filter(ticket=found):
        granting.end(grant, actor(request))
    say(request, _("Support may look no longer."))
    return redirect("console:ticket", found.public_id)


@require_POST
@dashboard(Right.ASK, of_test=False)
def screen(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Agree to share a screen; nobody asks for one before that is recorded."""
    found = ticket_of(request, public_id)
    verbs.agree_screen(found, actor(request))
    say(request, _("You agreed to share your screen. Show nothing that support need not see."))
    return redirect("console:ticket", found.public_id)


@require_POST
@dashboard(Right.ASK, of_test=False)
def close(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Put a question away. Nothing is lost by it: writing in it opens it again."""
    found = ticket_of(request, public_id)
    verbs.close(found, actor(request))
    say(request, _("The question is closed. Write in it to open it again."))
    return redirect("console:support")


def _too_many(request: KumquatRequest, form: forms.Form) -> bool:
    over = limits.hit([Limit("support texts", str(request.customer.pk), AN_HOUR)])
    if over is not None:
        text = _("That is %(most)d texts within the hour. Your text is kept below; send it %(when)s.")
        form.add_error(None, text % {"most": AN_HOUR, "when": soon(over.wait)})
    return over is not None
