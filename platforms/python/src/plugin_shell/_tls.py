"""What is the matter with a server's TLS, for whoever can mend it."""

import ssl
from collections.abc import Iterable

# OpenSSL's words for what begins with something else than TLS does.
_NO_TLS = {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}

# OpenSSL's numbers for the results of verification, X509_V_ERR_….
_EXPIRED = {10}
_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21}
_ANOTHER_HOST = {62, 64}


def note_of(reasons: Iterable[BaseException]) -> str:
    """A sentence on what the word `tls` does not say, if there is one."""
    for reason in reasons:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return _of_certificate(reason.verify_code)
        if isinstance(reason, ssl.SSLError) and reason.reason in _NO_TLS:
            return "What answers there speaks no TLS: is it an address of plain http?"
    return ""


def _of_certificate(code: int) -> str:
    if code in _UNKNOWN_AUTHORITY:
        return (
            "Python does not know the authority that signed it: if that is your own, name the file with its "
            "certificate in SSL_CERT_FILE and start this program again."
        )
    if code in _EXPIRED:
        return "The certificate has expired."
    return "The certificate is that of another host." if code in _ANOTHER_HOST else ""
