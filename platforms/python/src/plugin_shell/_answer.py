"""An answer as it comes in over a connection, piece by piece, whoever reads from it."""

import zlib

import httptools

from ._request import Failure, NoResponseError, Received

# What of an answer stands before its body.
_HEAD_BYTES = 64 << 10
# How large the window of what is packed may be: gzip's and zlib's beginnings are both known.
_ANY_WRAPPING = 32 + zlib.MAX_WBITS


class BrokenError(Exception):
    """What came is no HTTP, or ended in the middle."""


class Reader:
    """Reads one answer, the interim ones before it passed over.

    Both of its methods raise `BrokenError`, and `NoResponseError` where the answer is over its cap.
    """

    def __init__(self, method: str, most_bytes: int) -> None:
        self.is_done = False
        """Whether all of it is there."""
        self.is_last = True
        """Whether the connection ends with it."""
        self._without_body = method.upper() == "HEAD"
        self._most_bytes = most_bytes
        self._parser = httptools.HttpResponseParser(self)
        self._head_bytes = 0
        self._headers: dict[bytes, bytes] = {}
        self._is_in_body = False
        self._status = 0
        self._body = bytearray()
        self._unpacker: _Unpacker | None = None
        self._too_large = False

    def feed(self, data: bytes) -> bool:
        """Takes what has come, and says whether that was all."""
        if not self._is_in_body:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Nobody asked for it, and what follows is no HTTP.
            raise BrokenError("another protocol") from None
        except (httptools.HttpParserError, httptools.HttpParserCallbackError) as error:
            if self._too_large:
                raise NoResponseError(Failure.TOO_LARGE) from None
            if not self.is_done:
                raise BrokenError(str(error)) from error
            # Something stands behind it that nobody asked for.
            self.is_last = True
        if not self._is_in_body and self._head_bytes > _HEAD_BYTES:
            raise NoResponseError(Failure.TOO_LARGE)
        return self.is_done

    def end(self) -> None:
        """The connection has ended: then so has an answer that does not tell its length."""
        told = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        if not self._is_in_body or told:
            raise BrokenError("it ended in the middle")
        self.is_done = self.is_last = True

    def received(self) -> Received:
        """The answer, once it is done: nothing more is fed."""
        # It knows this reader: together they would stay until Python looks for such circles.
        del self._parser
        location, retry_after = self._headers.get(b"location"), self._headers.get(b"retry-after")
        return Received(
            self._status,
            None if location is None else location.decode("latin-1"),
            None if retry_after is None else retry_after.decode("latin-1"),
            bytes(self._body),
        )

    def on_message_begin(self) -> None:
        """As the parser calls it."""
        if self.is_done:
            self.is_last = True
        self._headers = {} if not self.is_done else self._headers

    def on_header(self, name: bytes, value: bytes) -> None:
        """As the parser calls it."""
        if not self.is_done:
            self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """As the parser calls it."""
        status = self._parser.get_status_code()
        if self.is_done or status < 200:  # noqa: PLR2004
            return
        self._status, self._is_in_body = status, True
        packed = self._headers.get(b"content-encoding", b"").strip().lower()
        if packed in {b"gzip", b"x-gzip", b"deflate"}:
            self._unpacker = _Unpacker()
        length = self._headers.get(b"content-length", b"")
        if self._without_body:
            # The parser does not know that there is none.
            self.is_done = True
        elif length.isdigit() and int(length) > self._most_bytes:
            self._stop()

    def on_body(self, piece: bytes) -> None:
        """As the parser calls it."""
        if self.is_done or not self._is_in_body:
            return
        if self._unpacker is not None:
            piece = self._unpacker.unpacked(piece, self._most_bytes + 1 - len(self._body))
        self._body += piece
        if len(self._body) > self._most_bytes:
            self._stop()

    def on_message_complete(self) -> None:
        """As the parser calls it."""
        if not self._is_in_body:
            # An interim one.
            self._head_bytes = 0
        elif not self.is_done:
            self.is_done = True
            self.is_last = not self._parser.should_keep_alive()

    def _stop(self) -> None:
        self._too_large = True
        # The parser hands it on as its own.
        raise NoResponseError(Failure.TOO_LARGE)


class _Unpacker:
    """Unpacks what a server has packed though it was asked not to. No more than is wanted: a bomb does not go off."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(_ANY_WRAPPING)
        self._has_begun = False

    def unpacked(self, piece: bytes, most: int) -> bytes:
        """What comes out of a piece, up to so many bytes.

        Raises:
            zlib.error: it is not packed like that.
        """
        try:
            found = self._inflater.decompress(piece, most)
        except zlib.error:
            if self._has_begun:
                raise
            # Some servers send `deflate` without its beginning.
            self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            found = self._inflater.decompress(piece, most)
        self._has_begun = True
        return found
