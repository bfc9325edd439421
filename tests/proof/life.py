"""The life of one account, as it may go: files are written, changed, cut up, copied, renamed, removed; runs are good,
dying, doubled, of an old tip; the state is lost or set back; the owner posts and deletes by hand; a person settles what
is asked.

Every act is a method with plain numbers, so that a life is a list of acts, and one line of JSON lives it again. Acts
that cannot happen where things stand do nothing. After each act the witness says what must hold whatever happened.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from publisher.content.post import Part, Post
from publisher.planning.records import Phase, PostRecord
from publisher.planning.state import State
from publisher.planning.verdicts import Verdict
from publisher.publishing import reconcile
from publisher.publishing.results import PostResult, RunReport
from publisher.settings import PublishingSettings
from publisher.threads_api.messages import Request
from tests.proof import people, runners
from tests.proof.cases import WORLDS, NamedTrouble
from tests.proof.people import Wrong
from tests.proof.tip import Tip, pieces_of
from tests.proof.witness import Witness
from tests.publishing.harness import ENDPOINT, Scene

# Between the runs of somebody who settles things. A container whose parent was taken down is only gone after a day.
# After a loss each part of an old chain is asked about twice: whether it is the live one, and whether it goes on.
PATIENCE_H = (1, 1, 1, 26, *[1] * 12)
SETTLED = timedelta(minutes=20)  # after it no call can act any more
_RENAMED = re.compile(r"publisher state mv (\S+) (\S+)$")
_DUE_H = 40  # everything that has a time is due after so many hours


class Life:
    """`world` is one of `cases.WORLDS`; up to `group` posts share a write of intents."""

    def __init__(self, world: str = "plain", group: int = 1, park: bool = False) -> None:
        self.world = world
        self.park = park
        self.scene = Scene((), publishing=PublishingSettings(on_ambiguous="park" if park else "retry"), **WORLDS[world])
        self.scene.group = group
        self.tip = Tip()
        self.witness = Witness(self.scene, self.tip)
        self.deleted: set[int] = set()  # files whose posts were taken down by us, for good
        self.swapped: dict[int, int] = {}  # files that have each other's names
        self.forgotten: set[int] = set()  # removed when the state was lost: only their words tell what is live of them
        self.abandoned: set[int] = set()  # what is not live of them never will be: a person said so
        self.acts: list[tuple[str, tuple[Any, ...]]] = []

    # --- a line that lives it again ---------------------------------------------------------------------------

    def act(self, name: str, *arguments: Any) -> None:
        """One act, and what must hold after it."""
        self.acts.append((name, arguments))
        getattr(self, name)(*arguments)
        self.witness.check()

    def __str__(self) -> str:
        facts = {"world": self.world, "group": self.scene.group, "park": self.park, "acts": self.acts}
        return json.dumps(facts, separators=(",", ":"))

    @classmethod
    def again(cls, line: str) -> "Life":
        """Raises what it raised before."""
        facts = json.loads(line)
        life = cls(facts["world"], facts.get("group", 1), facts.get("park", False))
        for name, arguments in facts["acts"]:
            life.act(name, *arguments)
        return life

    # --- files ------------------------------------------------------------------------------------------------

    def write(self, parts: int, with_picture: bool, due_h: int = 0) -> None:
        due = self.scene.clock.now() + timedelta(hours=due_h) if due_h else None
        self.tip.write(parts, with_picture=with_picture, due=due)

    def point(self, how: Literal["quote", "reply_to"], which: int) -> None:
        at = self.tip.pick(which)
        if at is not None and at not in self.tip.copies and (at, 1) not in self.tip.pointing:
            self.tip.point(how, at)

    def copy(self, which: int) -> None:
        """A copy of what says something else by now than what went out is a new post, and rightly; one of what was
        taken down inherits that when its own file goes.
        """
        number = self._free_to_change(which)
        record = self.record(number) if number is not None else None
        if number is None or (number, 1) in self.tip.pointing or number in self.deleted:
            return
        if record is None or _as_sent(self.tip.files[number], record):
            self.tip.copy(number)

    def edit(self, which: int) -> None:
        number = self._free_to_change(which)
        if number is not None:
            self.tip.edit(number)

    def reshape(self, how: Literal["put_in", "take_out", "swap", "merge", "mend"], which: int, place: int) -> None:
        number = self._free_to_change(which)
        if number is not None and (number, 1) not in self.tip.pointing and number not in self.tip.split_off:
            getattr(self.tip, how)(number, place)

    def split(self, which: int) -> None:
        """Words that went out in a chain would go out again as a post of their own, and rightly."""
        number = self._free_to_change(which)
        if number is None or (number, 1) in self.tip.pointing:
            return
        known = record.parts if (record := self.record(number)) is not None else ()
        attempted = {part.fingerprint for part in known if part.attempt or part.phase.finished}
        last = self.tip.files[number].parts[-1]
        if not attempted & {part.fingerprint for part in self.tip.ever(last)}:
            self.tip.split(number)

    def rename(self, which: int) -> None:
        """A file whose words were changed since they were sent would be a new post under its new name, and rightly."""
        number = self.tip.pick(which)
        if number is None:
            return
        record = self.record(number)
        if record is None or not record.begun or _as_sent(self.tip.files[number], record):
            self.tip.rename(number)

    def rename_all(self) -> None:
        records = {number: self.record(number) for number in self.tip.files}
        if all(not record or not record.begun or _as_sent(self.tip.files[n], record) for n, record in records.items()):
            self.tip.rename_all()

    def renumber(self) -> None:
        """And a person answers what is asked of it, before anything is changed again."""
        records = {number: self.record(number) for number in self.tip.files}
        if not records or self.tip.copies or self.tip.removed:
            return
        if all(not record or not record.begun or _as_sent(self.tip.files[n], record) for n, record in records.items()):
            self.tip.renumber()
            self.settle()

    def rename_back(self, which: int) -> None:
        """To the name that it had before."""
        number = self.tip.pick(which)
        if number is None or not (name := self.tip.files[number].id).endswith("-x"):
            return
        record = self.record(number)
        taken = self.tip.number_of(name.removesuffix("-x")) is not None
        if not taken and (record is None or not record.begun or _as_sent(self.tip.files[number], record)):
            self.tip.rename(number, back=True)

    def swap_names(self, which: int, other: int) -> None:
        """Of two chains that stopped half way, or of which nothing went out: neither may get the other's words."""
        one, two = self._free_to_change(which), self._free_to_change(other)
        if one is None or two is None or one == two or not self._stopped_half_way(one):
            return
        record = self.record(two)
        if self._stopped_half_way(two) or ((record is None or not record.begun) and len(self.tip.files[two].parts) > 1):
            self.swapped = {one: two, two: one}
            self.tip.swap_names(one, two)

    def _stopped_half_way(self, number: int) -> bool:
        record, post = self.record(number), self.tip.files[number]
        if record is None or (number, 1) in self.tip.pointing or len(record.parts) < 2:
            return False
        return record.parts[0].phase is Phase.PUBLISHED and not record.finished and _as_sent(post, record)

    def rename_and_change(self, which: int, how: Literal["put_in", "take_out", "mend"]) -> None:
        """At once, and a chain that stopped half way says some of what it said: it is known by that."""
        number = self._free_to_change(which)
        if number is None or not self._stopped_half_way(number):
            return
        self.tip.rename(number)
        getattr(self.tip, how)(number, {"put_in": 3, "take_out": len(self.tip.files[number].parts) - 1, "mend": 0}[how])

    def remove(self, which: int) -> None:
        number = self.tip.pick(which)
        if number is not None:
            self.tip.remove(number)

    def revert(self, which: int) -> None:
        """The file comes back as it was."""
        number = self.tip.pick(which, removed=True)
        if number is not None and self.tip.number_of(self.tip.removed[number].id) is None:
            self.tip.revert(number)

    # --- runs -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Undisturbed; if it leaves nothing to do, one more neither calls nor writes."""
        report = self._publish()
        if report is None or report.exit_code != 0:
            return
        before = self.scene.posted, self.scene.memory.writes
        self._publish()
        if (self.scene.posted, self.scene.memory.writes) != before:
            raise Wrong("a run with nothing to do called or wrote something")

    def run_named(self, which: int) -> None:
        """`publisher publish ID`."""
        number = self.tip.pick(which)
        if number is not None:
            self._to_tip()
            self.scene.publish(only=frozenset({self.tip.files[number].id}))

    def run_of_old_tip(self, back: int) -> None:
        """A run that began before the last changes. That it sends what is not wanted any more is what `--require-tip`
        is for; here it may not send anything twice.
        """
        if len(self.tip.earlier) < back:
            return
        old, on_record = self.tip.earlier[-back], self.scene.memory.state().posts
        ids = {post.id for post in self.tip.files.values()}
        if all(post.id in ids or post.id in on_record for post in old) and self._cut_alike(old):
            self.scene.posts = old
            self.scene.publish()

    def disturbed(self, faults: Sequence[tuple[str, int, str]]) -> None:
        """A run in which these calls fail: name, number, kind; deaths are among them."""
        trouble = NamedTrouble(self.scene, [(name, nth, kind) for name, nth, kind in faults])
        self._to_tip()
        self.scene.publish(trouble)

    def store_fails(self, write: int, kind: str) -> None:
        """A run in which a state write fails, is not answered, or is the last thing before death."""
        self.scene.memory.faults = {self.scene.memory.writes + write: kind}  # type: ignore[dict-item]
        self._publish()
        self.scene.memory.faults = {}

    def two_runners(self, switches: Sequence[tuple[int, int]], frozen_h: int) -> None:
        self._to_tip()
        runners.change_hands(self.scene, [(one, step) for one, step in switches], frozen_h=frozen_h)

    def wait(self, minutes: int) -> None:
        self.scene.clock.sleep(minutes * 60)

    # --- the state --------------------------------------------------------------------------------------------

    def wipe(self) -> None:
        """Lost for good: refused until a person begins anew, who then adopts what is live."""
        if self._past_recognition():
            return
        self._quiet()
        for number in list(self.tip.removed):
            if number in self.deleted:
                del self.tip.removed[number]  # nothing remembers its tombstone any more
        self.forgotten |= self.tip.removed.keys()
        self.scene.memory.wipe()
        self.scene.memory.forget_mark()
        self._must_refuse()
        self.scene.backend().create(State(lineage="anew", account="acme", endpoint=ENDPOINT))
        self.settle()

    def set_back(self, writes: int, seen_here: bool) -> None:
        """To an earlier version. A machine that knows better refuses it until it is restored."""
        memory = self.scene.memory
        if len(memory.versions) <= writes or self._past_recognition():
            return
        self._quiet()
        newest = memory.document
        memory.set_back(writes)
        if self._forgets_tombstones(newest) or _serial(memory.document) >= _serial(newest):
            memory.document = newest
        elif seen_here:
            self._must_refuse()
            memory.document = newest
        else:
            self.forgotten |= self.tip.removed.keys()
            memory.forget_mark()
            self.settle()

    # --- people -----------------------------------------------------------------------------------------------

    def look_again(self) -> None:
        """`publisher reconcile`: settles what evidence settles, and posts nothing."""
        before = self.scene.posted
        session = self.scene.session()
        with session.backend.lock(session.run):
            session.ledger.load()
            reconcile.settle_open(session)
        if self.scene.posted > before:
            raise Wrong("reconcile sent something")

    def delete(self, which: int) -> None:
        """`publisher delete`, with both keys; of what is minutes old, "not found" would be no evidence yet."""
        number = self.tip.pick(which, removed=True)
        record = self.record(number) if number is not None else None
        if number is None or record is None or record.phase is not Phase.PUBLISHED:
            return
        post_id = self._id_on_record(number)
        if number in self.tip.copies or self.tip.number_of(post_id) is not None:
            return  # there is a file that stands for it still
        self._to_tip()
        self._quiet()
        recorded = {part.media_id for part in record.parts}
        going = [piece for piece, item in self.witness.live().items() if item["id"] in recorded]
        people.delete(self.scene, post_id)
        self.deleted.add(number)
        for piece in going:
            self.witness.took_down(piece, in_the_app=False)

    def owner_posts(self) -> None:
        """Something of their own, in the app."""
        send = self.scene.transport().send
        made = send(Request("POST", "/me/threads", {"media_type": "TEXT", "text": "by hand"})).json()["id"]
        self.scene.clock.sleep(30)
        send(Request("POST", "/me/threads_publish", {"creation_id": made}))

    def stranger_answers(self, which: int) -> None:
        """Under the part of a chain that is live last, with the words of the next one: nothing of ours."""
        number = self.tip.pick(which)
        record = self.record(number) if number is not None else None
        if number is None or record is None:
            return
        there = {item["id"] for item in self.scene.live()}
        live = [part.media_id for part in record.parts if part.media_id in there]
        following = self.tip.files[number].parts[len(live) :]
        if live and following:
            self.scene.by_hand(self.scene.stranger(), text=following[0].text or "", reply_to_id=live[-1] or "")

    def owner_deletes(self, which: int) -> None:
        """Takes down in the app what is live of a post, its id known yet or not. What was live when the state
        was lost, and is taken down before anybody looked, has left no trace: it goes out again, and nothing could tell.
        """
        number = self.tip.pick(which)
        if number is None or self.record(number) is None:
            return
        self._quiet()
        for piece, item in reversed(self.witness.live().items()):
            if piece[0] == number:
                self.scene.transport().send(Request("DELETE", f"/{item['id']}", {}))
                self.witness.took_down(piece, in_the_app=True)

    def settle(self) -> RunReport:
        """A person goes on until nothing is asked, with the commands that the messages name."""
        self._quiet()
        told = ""
        for hours in PATIENCE_H:
            report = self._publish()
            if report is None:
                raise Wrong(f"refused: {self.scene.refused[-1].message}")
            if report.exit_code == 0:
                return report
            told = people.told(report)
            asked = [post for post in report.posts if post.problem is not None and post.problem.exit_code in (1, 4)]
            # Once a record has another name, what the others were told to type is looked at anew.
            renamed = [post for post in asked if post.problem is not None and _RENAMED.search(post.problem.fix)]
            for result in renamed or asked:
                self._answer(result)
            self.scene.clock.sleep(hours * 3600)
        raise Wrong(f"still not settled after {len(PATIENCE_H)} runs: {told}")

    def finish(self) -> None:
        """At the end of a life all of it is settled, and everything that was wanted is live."""
        self.settle()
        self.scene.clock.sleep(_DUE_H * 3600)
        report = self.settle()
        self.witness.check()
        live = self.witness.live()
        edited = {result.planned.id for result in report.posts if result.planned.verdict is Verdict.EDITED}
        for number, post, piece in self.tip.pieces():
            if piece in live or post.id in edited or number in self.deleted | self.abandoned:
                continue
            cut = any(missed[0] == piece[0] for missed in self.witness.missed)  # what would answer it is not sent
            if not cut and not self._points_at_nothing(post):
                raise Wrong(f"piece {piece[1]} of file {piece[0]} is lost")
        self.run()

    # --- inside -----------------------------------------------------------------------------------------------

    def record(self, number: int) -> PostRecord | None:
        if self.scene.memory.document is None:
            return None
        return self.scene.memory.state().posts.get(self._id_on_record(number))

    def _id_on_record(self, number: int) -> str:
        """Renames that no run has seen yet are not in the records."""
        ids, names = self.scene.memory.state().posts, self.tip.names[number]
        return next((name for name in reversed(names) if name in ids), names[-1])

    def _free_to_change(self, which: int) -> int | None:
        """Renamed and changed before any run saw either would be a new post, and rightly; so would a changed copy."""
        number = self.tip.pick(which)
        if number is None or number in self.tip.copies | self.forgotten:
            return None
        renamed = self.record(number) is not None and self._id_on_record(number) != self.tip.files[number].id
        return None if renamed else number

    def _cut_alike(self, old: tuple[Post, ...]) -> bool:
        """Every part that was in a file then is in the same one now, or in none."""
        now = {piece: _name(post) for _, post, piece in self.tip.pieces()}
        then = {piece: post for post in old for part in post.parts for piece in pieces_of(part.text)}
        return not self.tip.copies and all(now[piece] == _name(post) for piece, post in then.items() if piece in now)

    def _points_at_nothing(self, post: Post) -> bool:
        """At what is not live under that name: it waits."""
        records = self.scene.memory.state().posts
        named = (records.get(reference.value) for reference in post.references())
        return any(record is None or record.parts[0].phase is not Phase.PUBLISHED for record in named)

    def _answer(self, result: PostResult) -> None:
        """With the command that is named, or in the file as it says."""
        assert result.problem is not None
        post_id, why, fix = result.planned.id, result.problem.message, result.problem.fix
        number = self.tip.number_of(post_id)
        if number is not None and fix.startswith(("change the post file, then", "mend reply_to", "mend quote")):
            self.tip.let_point_at_nothing(number)
            return
        if number is None or result.problem.code != "E716":
            if number is not None and "--abandon" in fix and "--adopt" not in fix and "--resume" not in fix:
                self.abandoned.add(number)
            people.answer(self.scene, result)
            return
        post = self.tip.files[number]
        if (renamed := _RENAMED.search(fix)) is not None:
            old, new = renamed.groups()
            if old in self.scene.memory.state().posts:  # all whom one command settles name it, and it is typed once
                people.say(
                    self.scene,
                    lambda session: session.ledger.write(*people.moved(session.ledger.state, old, new)),
                )
        elif "not clear which post" in why:
            return  # until the other one, whose name it has, is settled
        elif "says the same as" in why:
            self.tip.forget(number)  # a copy by mistake
        elif "goes on with that" in why or "stands by that" in why:
            self.tip.put(number, replace(post, id=why.split("id: ")[1].split()[0]))
        elif "its place and its words" in fix and number in self.swapped:
            self.tip.swap_names(number, self.swapped[number])
            self.swapped = {}
        elif "its place and its words" in fix and number % 2:
            self.tip.arrange(number, self._as_it_went_out(number))
        elif "--abandon" in fix:
            self.abandoned.add(number)
            people.say(self.scene, lambda session: reconcile.abandon(session, post_id))
        elif "late" in why:
            self.tip.put(number, replace(post, publish_at=None))
        elif "waits until" in why:
            self.tip.let_point_at_nothing(number)
        else:
            raise Wrong(f"what to do? {why} / {fix}")

    def _as_it_went_out(self, number: int) -> list[Part]:
        """The parts that went out in their places, what is still to be sent behind them."""
        record = self.record(number)
        assert record is not None
        known = {
            part.fingerprint: part
            for posts in (*self.tip.earlier, self.tip.posts)
            for post in posts
            for part in post.parts
        }
        sent = [known[part.fingerprint] for part in record.parts if part.attempt or part.phase.finished]
        said = {piece for part in sent for piece in pieces_of(part.text)}
        return [*sent, *(part for part in self.tip.files[number].parts if not said & set(pieces_of(part.text)))]

    def _to_tip(self) -> None:
        self.scene.posts = self.tip.posts

    def _publish(self) -> RunReport | None:
        self._to_tip()
        return self.scene.publish()

    def _quiet(self) -> None:
        """Whatever a late call may still do has happened."""
        self.scene.clock.sleep(SETTLED.total_seconds())
        self.scene.faulty.catch_up()

    def _must_refuse(self) -> None:
        before = self.scene.posted
        if self._publish() is not None or self.scene.refused[-1].exit_code != 8:
            raise Wrong("a state that is lost or set back was taken for good")
        if self.scene.posted != before:
            raise Wrong("something was sent although the state was refused")

    def _past_recognition(self) -> bool:
        """Words changed since they went out, or taken down in the app, are known by nothing but a record."""
        files = {**self.tip.files, **self.tip.removed}
        return bool(self.witness.missed or self.deleted & self.tip.files.keys() or self.abandoned) or any(
            (record := self.record(number)) is not None and not _as_sent(post, record) for number, post in files.items()
        )

    def _forgets_tombstones(self, newest: str | None) -> bool:
        now = json.loads(newest or "{}")["posts"]
        then = json.loads(self.scene.memory.document or "{}")["posts"]
        return any(record["phase"] == "deleted" and then.get(key) != record for key, record in now.items())


def _as_sent(post: Post, record: PostRecord) -> bool:
    """A part is finished as it was begun, whatever its file says by then: then only a record knows whose it is."""
    sent = [part.fingerprint for part in record.parts]
    return record.fingerprint == post.fingerprint and sent == [part.fingerprint for part in post.parts]


def _name(post: Post) -> str:
    """Without what renames added to it."""
    return post.path.removesuffix(".yaml").split("-x")[0]


def _serial(document: str | None) -> int:
    serial: int = json.loads(document or "{}")["serial"]
    return serial
