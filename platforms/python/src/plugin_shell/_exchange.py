"""One run of an action from beginning to end, with its requests."""

from collections.abc import Generator
from dataclasses import dataclass

from ._engine import FUEL, Answer, Asked, Ended, Instances
from ._origin import Origin
from ._request import BEFORE_SENDING, NoResponseError, Response, Rules
from ._steps import Sending, Steps, Waiting


@dataclass
class Exchange:
    """What a call may use, and what it did with it."""

    rules: Rules
    """What its requests are held to."""
    deadline: float
    """When its time is over, on the monotonic clock."""
    may_have_sent: bool = False
    """Whether the service may have seen a request."""
    retry_after_s: int | None = None
    """When the last server to answer would like to be asked again."""
    sent_to: Origin | None = None
    """Where the last response would have sent the request on."""
    note: str = ""
    """What else there is to say of the last request."""

    def steps(self, instances: Instances, export: str, data: bytes) -> Steps[Ended]:
        """Runs an export, again for each answer, until it asks for nothing new.

        Raises:
            Trap: there is no instance for it.
        """
        # As they are now for all runs of the call, whatever other calls do meanwhile.
        variables = instances.variables
        answers: list[tuple[Asked, Answer]] = []
        fuel = FUEL
        while True:
            ended = instances.run(export, data, answers, variables, fuel)
            fuel = ended.fuel
            if ended.asked is None or not fuel:
                if ended.stopped is None:
                    instances.keep(ended.changes)
                return ended
            answers.append((ended.asked, (yield from self._answer(ended.asked))))

    def _answer(self, asked: Asked) -> Generator[Sending | Waiting, Response | None, Answer]:
        """The answer to a request of the plugin; or the word for why there is none, with the status 0."""
        self.retry_after_s, self.sent_to, self.note = None, None, ""
        before = self.may_have_sent
        try:
            request = self.rules.request(asked.document, asked.body)
            self.may_have_sent = True
            response = yield Sending(request, self.deadline)
        except NoResponseError as error:
            if error.failure in BEFORE_SENDING:
                self.may_have_sent = before
            self.note = error.note
            return Answer(0, error.failure.value.encode())
        assert response is not None  # noqa: S101 - that is what it was sent for
        self.retry_after_s, self.sent_to = response.retry_after_s, response.sent_to
        return Answer(response.status, response.body)
