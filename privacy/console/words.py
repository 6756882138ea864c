"""What the audit log and the list of messages call what privacy does."""

from django.utils.translation import gettext_lazy as _

from privacy.moves import Move

_MOVES = {
    Move.PROVE: _("Privacy request: who asks was proven"),
    Move.ASK_PROOF: _("Privacy request: a proof asked for again"),
    Move.GRANT: _("Privacy request granted"),
    Move.GRANT_PART: _("Privacy request granted in part"),
    Move.ANSWER: _("Privacy request answered"),
    Move.REFUSE: _("Privacy request refused"),
    Move.CANCEL: _("Privacy request called off"),
    Move.GO_ON: _("Privacy request: the wait is over"),
    Move.CONFIRM: _("Privacy request: the new value is in place"),
    Move.FINISH: _("Privacy request carried out"),
    Move.FINISH_PART: _("Privacy request carried out in part"),
    Move.STOP: _("Privacy request not carried out: an only owner"),
    Move.LIFT: _("Privacy request: the pause has ended"),
    Move.LAPSE: _("Privacy request ended without a proof"),
}
ACTIONS = {
    "privacy.published": _("Version of a document published"),
    "privacy.stopped_asking": _("People no longer asked to agree"),
    "privacy.agreed": _("Person agreed to the terms"),
    "privacy.withdrew": _("Person took back their agreement"),
    "privacy.vouched_link": _("Link made for somebody whom a site’s program vouches for"),
    "privacy.vouched_entry": _("Person came from a site that vouches for them"),
    "privacy.consented": _("Person said yes to something optional"),
    "privacy.consent_withdrawn": _("Person took back a yes"),
    "privacy.objected": _("Somebody wants no news any more"),
    "privacy.news_written": _("News written"),
    "privacy.news_released": _("News released to those who asked for it"),
    "privacy.request_made": _("Privacy request made"),
    "privacy.request_joined": _("Privacy request made again, and joined"),
    "privacy.request_passed_on": _("Privacy request passed on to whoever decides"),
    "privacy.request_said": _("Words written about a privacy request"),
    "privacy.request_extended": _("Privacy request: two months more"),
    "privacy.request_due_soon": _("Privacy request: reminded, due soon"),
    "privacy.request_overdue": _("Privacy request: reminded, overdue"),
    **{f"privacy.request_{move}": _MOVES[move] for move in Move},
    "privacy.copy_opened": _("Person opened the copy of their data"),
    "privacy.receipt_signed": _("Receipt of an erasure signed"),
    "privacy.site_job_ordered": _("Site told to erase somebody"),
    "privacy.site_job_answered": _("Site answered what it erased"),
    "privacy.site_job_failed": _("Site could not erase somebody yet"),
    "privacy.site_job_pending": _("Site has not answered for five days"),
    "privacy.site_job_confirmed": _("Erasure on a site confirmed by hand"),
    "privacy.site_job_gap": _("Site never answered, stated as a gap"),
    "privacy.site_key_changed": _("Site signs its answers with a new key"),
    "user.restricted": _("User's data taken out of use"),
    "user.released": _("User's data in use again"),
    "user.inactive_told": _("User told that they have not signed in for long"),
    "privacy.corrected": _("Data corrected on request"),
    "user.erased_in_part": _("User erased in part, the rest kept with a ground"),
}

KINDS = {
    "privacy.new_version": _("New version of terms or notice"),
    "privacy.announcement": _("News to members who asked for it"),
    "privacy.mail_received": _("Answer to a mail about data"),
    "privacy.request_news": _("News of a privacy request, to the person"),
    "privacy.request_waits": _("Privacy request, to whoever decides"),
    "privacy.erasure_asked": _("Erasure asked for, with a link that calls it off"),
    "privacy.inactive": _("Word to somebody who has not signed in for long"),
    "privacy.site_pending": _("Site has not answered, to whoever decides"),
    "privacy.address_changed": _("Address corrected, to the old one"),
}
