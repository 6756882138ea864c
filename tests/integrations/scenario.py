"""What the scenarios of the drop-in have in common."""

SERVER = "https://kumquat.example"
CHALLENGE = f"{SERVER}/moas/api/auth/challenge"
BACKUP_CODES = "https://sitestats.xecurify.com/backupcodeserviceauthentication/authenticate.php?user=ingrid"
ENROLLED = {
    "mo_2factor_user_registration_status": "MO_2_FACTOR_PLUGIN_SETTINGS",
    "mo2f_configured_2FA_method": "GOOGLE AUTHENTICATOR",
}
BY_TEXT = ENROLLED | {"mo2f_configured_2FA_method": "SMS"}
ASKED_ONLY = {
    "mo_2factor_user_registration_status": "MO_2_FACTOR_INITIALIZE_TWO_FACTOR",
    "mo2f_user_email": "i@n.example",
}
SIGNED_IN = {"mo2f_customerKey": "200001", "kumquat_connect": {"accepted": "200001", "at": 1, "code": 200}}
AT_THE_VENDORS = {"mo2f_customerKey": "98765"}
