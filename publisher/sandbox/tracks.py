"""How the tracks of a video are coded, as the media-info library reads it. What it does not tell is None."""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tracks:
    """Of the first video track and the first audio track; numbers in hertz and bits a second."""

    video_codec: str | None = None  # "AVC", "HEVC"
    frame_rate: float | None = None  # 23.976
    chroma: str | None = None  # "4:2:0"
    scan: str | None = None  # "Progressive", "Interlaced", "MBAFF"
    full_range: bool = False
    audio_codec: str | None = None  # "AAC"
    sampling_rate: float | None = None  # 48000
    channels: float | None = None
    bit_rate: float | None = None  # of the whole file


def tracks(data: bytes) -> Tracks | None:
    """None where the library cannot say: it does not load on this machine, or gives up on these bytes."""
    try:
        from pymediainfo import MediaInfo

        found = [track.to_data() for track in MediaInfo.parse(io.BytesIO(data)).tracks]
    except Exception:  # a foreign library on hostile bytes may raise anything
        return None
    whole, video, audio = (_first(found, kind) for kind in ("General", "Video", "Audio"))
    return Tracks(
        video_codec=_text(video, "format"),
        frame_rate=_number(video, "frame_rate"),
        chroma=_text(video, "chroma_subsampling"),
        scan=_text(video, "scan_type"),
        full_range=_text(video, "color_range") == "Full",
        audio_codec=_text(audio, "format"),
        sampling_rate=_number(audio, "sampling_rate"),
        channels=_number(audio, "channel_s"),
        bit_rate=_number(whole, "overall_bit_rate"),
    )


def _first(found: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next((track for track in found if track.get("track_type") == kind), {})


def _text(track: Mapping[str, Any], name: str) -> str | None:
    return str(track[name]) if track.get(name) else None


def _number(track: Mapping[str, Any], name: str) -> float | None:
    """A number; the first of several, which stand for what old and new players hear of the same sound."""
    try:
        number = float(str(track.get(name)).split(" / ")[0])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
