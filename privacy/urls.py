"""Addresses that are open to all: agreement and its receipt, and who handles a customer's second factor."""

from django.urls import path

from privacy.hosted import agreeing, passport, receipts, unsubscribing, who

app_name = "privacy"
urlpatterns = [
    path("agree/<str:token>", agreeing.agree, name="agree"),
    path("agreements/<str:public_id>/", agreeing.agreement, name="agreement"),
    path("agreements/<str:public_id>/receipt.txt", agreeing.receipt, name="receipt"),
    path("news/stop/<str:token>", unsubscribing.stop, name="news_stop"),
    path("me/<slug:slug>/data/", passport.data, name="data"),
    path("me/<slug:slug>/data/look/", passport.let_look, name="let_look"),
    path("me/<slug:slug>/data/look/end/", passport.end_look, name="end_look"),
    path("me/<slug:slug>/data/seen/", passport.seen, name="data_seen"),
    path("me/<slug:slug>/data/agreements/<str:public_id>/withdraw/", passport.withdraw, name="data_withdraw"),
    path("receipts/", receipts.verify, name="verify"),
    path("receipts/keys.json", receipts.keys, name="receipt_keys"),
    path("receipts/<str:public_id>/", receipts.receipt, name="erasure"),
    path("receipts/<str:public_id>/erasure.json", receipts.file, name="erasure_file"),
    path("who/<slug:slug>/", who.who, name="who"),
    path("who/<slug:slug>/embed/", who.embed, name="who_embed"),
    path("who/<slug:slug>/terms/", who.terms, name="terms"),
]
