"""Paint the pictures of the example posts and film their clouds; the results are committed.

    python tools/make_media.py            everything but the film
    python tools/make_media.py --film     the film too; needs ffmpeg, which nothing else here does

The examples show what a small open-source weather station, Cirrus, would post; the first post that `publisher init`
writes has its picture from here as well. Run it again only to change a picture: new bytes are a new fingerprint, and a
published post would count as edited.
"""

import argparse
import math
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random

from landscape import Color, Scene, paint
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
MEDIA = ROOT / "example-posts" / "posts" / "media"
FIRST_PICTURE = ROOT / "publisher" / "github" / "templates" / "hello.jpg"

DAWN = Scene(
    sky=((38, 58, 104), (112, 110, 152), (232, 150, 128), (255, 206, 148)),
    haze=(214, 158, 150),
    ground=(22, 28, 40),
    glow=(255, 222, 160),
    sun=(0.64, 0.44),
    sun_radius=0.022,
    clouds=0.55,
    seed=12,
)
NIGHT = Scene(
    sky=((7, 11, 28), (18, 30, 66), (52, 74, 112), (120, 126, 140)),
    haze=(70, 88, 118),
    ground=(6, 8, 14),
    glow=(226, 232, 255),
    sun=(0.24, 0.2),
    sun_radius=0.016,
    clouds=0.22,
    stars=900,
    seed=5,
)
NOON = Scene(
    sky=((44, 108, 178), (104, 164, 214), (176, 212, 232), (226, 236, 236)),
    haze=(176, 202, 212),
    ground=(26, 52, 42),
    glow=(255, 250, 232),
    sun=(0.3, 0.16),
    sun_radius=0.018,
    clouds=0.8,
    grain=0,
    seed=23,
)

INK: Color = (28, 34, 48)
FAINT: Color = (112, 122, 140)
LINE: Color = (226, 230, 238)
PAPER: Color = (255, 255, 255)
SHADE: Color = (243, 245, 249)
WARM: Color = (232, 108, 66)
COOL: Color = (54, 116, 214)

FRAMES_PER_SECOND = 24
FILM_SECONDS = 4
FILM_SIZE = (640, 800)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--film", action="store_true", help="film the clouds as well; needs ffmpeg")
    options = parser.parse_args()
    MEDIA.mkdir(parents=True, exist_ok=True)
    photograph(paint(DAWN, (1440, 1080)), "dawn.jpg")
    photograph(with_mast(paint(NIGHT, (1080, 1350))), "night-watch.jpg")
    flat(battery_chart(), "battery.png")
    flat(temperature_chart(), "a-year-in-one-chart.png")
    flat(screen_now(), "screen-now.png")
    flat(screen_week(), "screen-week.png")
    first = replace(DAWN, sun=(0.34, 0.36), clouds=0.75, ridges=7, grain=0, seed=41)
    paint(first, (960, 720)).save(FIRST_PICTURE, quality=78, optimize=True, progressive=True)
    if options.film:
        film("clouds.mp4")


def photograph(picture: Image.Image, name: str) -> None:
    picture.save(MEDIA / name, quality=84, optimize=True, progressive=True)


def flat(picture: Image.Image, name: str) -> None:
    """Few colours, sharp edges: a palette halves the file and nobody sees it."""
    picture.quantize(128, dither=Image.Dither.NONE).save(MEDIA / name, optimize=True)


def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface, so that every machine draws the same letters."""
    found = ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise SystemExit("this Pillow was built without FreeType; install its ordinary wheel")
    return found


def with_mast(picture: Image.Image) -> Image.Image:
    """The station before the night sky: mast, cross arm, wind vane, cups and the white screen of the thermometer."""
    draw, black, lit = ImageDraw.Draw(picture), (4, 6, 10), (148, 166, 196)
    x, top, foot = 764, 520, 1210
    draw.line((x, top, x, foot), fill=black, width=12)
    draw.line((x + 5, top, x + 5, foot), fill=(40, 52, 74), width=2)
    draw.line((x - 120, top + 60, x + 120, top + 60), fill=black, width=9)
    draw.polygon([(x + 100, top - 4), (x + 206, top - 34), (x + 206, top + 26)], fill=black)
    draw.line((x + 60, top - 4, x + 120, top - 4), fill=black, width=6)
    draw.line((x + 112, top - 4, x + 112, top + 60), fill=black, width=6)
    for dx in (-168, -112, -56):
        draw.pieslice((x + dx - 24, top - 30, x + dx + 24, top + 18), 90, 270, fill=black)
    draw.line((x - 168, top - 6, x - 56, top - 6), fill=black, width=5)
    draw.line((x - 112, top - 6, x - 112, top + 60), fill=black, width=6)
    for level in range(7):
        draw.rounded_rectangle((x - 56, top + 150 + level * 24, x + 56, top + 166 + level * 24), 6, fill=lit)
    draw.rounded_rectangle((x - 70, top + 370, x + 74, top + 470), 8, fill=(16, 24, 44), outline=(60, 78, 112), width=3)
    draw.ellipse((x + 52, top + 446, x + 60, top + 454), fill=(96, 230, 150))
    return picture


def axes(title: str, note: str, size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((80, 62), title, fill=INK, font=font(50))
    draw.text((80, 132), note, fill=FAINT, font=font(29))
    return picture, draw


def battery_chart() -> Image.Image:
    """Current over one day, before and after: the picture of the chain's second part."""
    picture, draw = axes("One day on one charge", "Average current of a station, milliamperes", (1200, 900))
    rows = (
        ("Radio always on", 41.0, FAINT),
        ("Radio wakes each minute", 12.0, COOL),
        ("Readings sent in tens", 3.6, WARM),
    )
    for row, (label, value, color) in enumerate(rows):
        y = 250 + row * 196
        draw.text((80, y), label, fill=INK, font=font(33))
        draw.rounded_rectangle((80, y + 52, 80 + 880, y + 122), 14, fill=SHADE)
        draw.rounded_rectangle((80, y + 52, 80 + value / 41 * 880, y + 122), 14, fill=color)
        draw.text((990, y + 66), f"{value:g} mA", fill=INK, font=font(38))
    return picture


def temperature_chart() -> Image.Image:
    """A year of daily ranges, one upright line for each day, coloured by warmth."""
    picture, draw = axes("A year in one chart", "Lowest and highest temperature of each day, °C", (1440, 1080))
    random, left, right, zero, unit = Random(4), 130, 1380, 760, 15.5
    for degrees in (-10, 0, 10, 20, 30):
        y = zero - degrees * unit
        draw.line((left, y, right, y), fill=LINE if degrees else FAINT, width=2)
        draw.text((left - 24, y), f"{degrees}", fill=FAINT, font=font(28), anchor="rm")
    drift = 0.0
    for day in range(365):
        drift = drift * 0.86 + random.gauss(0, 1.5)
        mean = 9.5 - 11 * math.cos((day - 18) / 365 * 2 * math.pi) + drift
        low, high = mean - random.uniform(2.5, 5.0), mean + random.uniform(2.5, 6.5)
        warmth = min(1.0, max(0.0, (mean + 6) / 30))
        color = tuple(round(a + (b - a) * warmth) for a, b in zip(COOL, WARM, strict=True))
        x = left + 8 + day * (right - left - 16) / 365
        draw.line((x, zero - low * unit, x, zero - high * unit), fill=color, width=3)
    for month, name in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]):
        draw.text((left + 52 + month * (right - left) / 12, 978), name, fill=FAINT, font=font(28), anchor="mm")
    return picture


def screen() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (1080, 1350), SHADE)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((70, 74, 126, 130), fill=COOL)
    draw.ellipse((90, 94, 146, 150), fill=WARM)
    draw.text((172, 80), "Cirrus", fill=INK, font=font(52))
    draw.text((1010, 96), "Hill station", fill=FAINT, font=font(32), anchor="ra")
    return picture, draw


def screen_now() -> Image.Image:
    picture, draw = screen()
    draw.rounded_rectangle((60, 200, 1020, 780), 36, fill=PAPER)
    draw.text((112, 250), "Now", fill=FAINT, font=font(36))
    draw.text((108, 300), "12.4°", fill=INK, font=font(210))
    draw.text((114, 556), "feels like 10.9°, falling slowly", fill=FAINT, font=font(34))
    points = [(112 + i * 21.6, 690 - 44 * math.sin(i / 6.2) - 16 * math.sin(i / 2.1)) for i in range(40)]
    draw.line(points, fill=WARM, width=7, joint="curve")
    draw.ellipse((points[-1][0] - 12, points[-1][1] - 12, points[-1][0] + 12, points[-1][1] + 12), fill=WARM)
    cards = (("Wind", "3.1 m/s", "from the west"), ("Rain today", "0.4 mm", "since 06:20"))
    cards += (("Pressure", "1017 hPa", "steady"), ("Humidity", "71 %", "dew point 7.3°"))
    for number, (label, value, note) in enumerate(cards):
        x, y = 60 + number % 2 * 495, 820 + number // 2 * 250
        draw.rounded_rectangle((x, y, x + 465, y + 220), 32, fill=PAPER)
        draw.text((x + 44, y + 36), label, fill=FAINT, font=font(30))
        draw.text((x + 42, y + 78), value, fill=INK, font=font(66))
        draw.text((x + 44, y + 164), note, fill=FAINT, font=font(28))
    return picture


def screen_week() -> Image.Image:
    picture, draw = screen()
    draw.rounded_rectangle((60, 200, 1020, 1290), 36, fill=PAPER)
    draw.text((112, 250), "This week", fill=FAINT, font=font(36))
    week = (("Mon", 6, 14, 0.1), ("Tue", 7, 15, 0.0), ("Wed", 9, 13, 4.2), ("Thu", 8, 12, 7.9))
    week += (("Fri", 5, 12, 1.3), ("Sat", 3, 13, 0.0), ("Sun", 4, 16, 0.0))
    for row, (day, low, high, rain) in enumerate(week):
        y = 346 + row * 132
        draw.text((112, y), day, fill=INK, font=font(42))
        draw.rounded_rectangle((250, y + 12, 730, y + 38), 13, fill=SHADE)
        draw.rounded_rectangle((250 + low * 27, y + 12, 250 + high * 27, y + 38), 13, fill=WARM)
        draw.text((760, y + 4), f"{low}° to {high}°", fill=INK, font=font(34))
        wet = f"{rain:g} mm of rain" if rain else "dry"
        draw.text((250, y + 56), wet, fill=COOL if rain else FAINT, font=font(27))
    return picture


def film(name: str) -> None:
    """Clouds over hills, four seconds: H.264 as Threads asks for it, 4:2:0 in the limited range, the index first."""
    if shutil.which("ffmpeg") is None:
        raise SystemExit("ffmpeg is needed for the film; on Debian: apt-get install ffmpeg")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FRAMES_PER_SECOND * FILM_SECONDS):
            frame = paint(replace(NOON, cloud_shift=number * 0.0016), FILM_SIZE)
            frame.save(Path(folder, f"{number:03}.png"), compress_level=1)
        command = ["ffmpeg", "-y", "-loglevel", "error", "-framerate", str(FRAMES_PER_SECOND)]
        command += ["-i", f"{folder}/%03d.png", "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-c:v", "libx264"]
        command += ["-profile:v", "high", "-pix_fmt", "yuv420p", "-crf", "25", "-preset", "slow", "-g", "48"]
        command += ["-bf", "0", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
        command += ["-movflags", "+faststart", "-use_editlist", "0", "-fflags", "+bitexact", "-map_metadata", "-1"]
        subprocess.run([*command, str(MEDIA / name)], check=True)


if __name__ == "__main__":
    main()
