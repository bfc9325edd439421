"""Landscapes for the example posts: ridges in haze under a sky, painted from a seed, close to a photograph.

Only Pillow, so that whoever has the product's own dependencies can paint them again. A `Scene` says what is seen;
`paint` gives the picture. What looks accidental comes from `random.Random(seed)`: the same scene, the same bytes.
"""

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Color = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """A view. Places are fractions of the picture: (0, 0) is its upper left corner, (1, 1) its lower right one."""

    sky: tuple[Color, ...]  # from the zenith down to the horizon, evenly spaced
    haze: Color  # what far ridges fade into
    ground: Color  # the nearest ridge
    glow: Color  # of sun or moon
    sun: tuple[float, float]
    sun_radius: float  # of the picture's width
    horizon: float = 0.52
    ridges: int = 6
    clouds: float = 0.5  # 0: a clear sky … 1: closed
    cloud_shift: float = 0.0  # how far the wind has moved the clouds, of the width
    stars: int = 0
    grain: float = 5.0  # noise of the sensor, standard deviation in levels of 255; 0 for film frames
    seed: int = 1


def paint(scene: Scene, size: tuple[int, int]) -> Image.Image:
    """The scene as an RGB picture of `size` pixels (width, height)."""
    picture = gradient(scene.sky, size, end=scene.horizon + 0.08)
    _stars(picture, scene)
    picture = _clouds(picture, scene)
    picture = _sun(picture, scene)
    for number in range(scene.ridges):
        picture = _ridge(picture, scene, number)
    return _grain(picture, scene)


def gradient(colors: tuple[Color, ...], size: tuple[int, int], end: float = 1.0) -> Image.Image:
    """`colors` from top to bottom, evenly spaced up to `end` of the height, the last one below it."""
    width, height = size
    column = Image.new("RGB", (1, height))
    for y in range(height):
        at = min(y / (height * end), 1.0) * (len(colors) - 1)
        index = min(int(at), len(colors) - 2)
        column.putpixel((0, y), mix(colors[index], colors[index + 1], _smooth(at - index)))
    return column.resize((width, height))


def mix(one: Color, other: Color, share: float) -> Color:
    """`one` with `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def cloth(size: tuple[int, int], seed: int, stretch: float = 3.0, octaves: int = 5) -> Image.Image:
    """Cloudy noise in one channel: random grids, each finer and fainter than the one before, laid over each other."""
    random = Random(seed)
    total = Image.new("L", size, 128)
    for octave in range(octaves):
        columns, rows = 4 * 2**octave, int(4 * stretch * 2**octave)
        grid = Image.frombytes("L", (columns, rows), random.randbytes(columns * rows))
        total = Image.blend(total, grid.resize(size, Image.Resampling.BICUBIC), 0.5 if octave == 0 else 0.42**octave)
    return total


def _smooth(share: float) -> float:
    return share * share * (3 - 2 * share)


def _stars(picture: Image.Image, scene: Scene) -> None:
    random, (width, height) = Random(scene.seed + 7), picture.size
    for _ in range(scene.stars):
        x, y = random.randrange(width), int(random.random() ** 1.6 * scene.horizon * height)
        faint = mix(picture.getpixel((x, y)), (255, 250, 240), random.uniform(0.15, 0.95))  # type: ignore[arg-type]
        picture.putpixel((x, y), faint)
        if random.random() < 0.08:
            ImageDraw.Draw(picture).ellipse((x - 1, y - 1, x + 1, y + 1), fill=faint)


def _clouds(picture: Image.Image, scene: Scene) -> Image.Image:
    if not scene.clouds:
        return picture
    width, height = picture.size
    # Twice as wide as needed and cut at the wind's place: frames of a film then show one moving sky.
    wide = cloth((width * 2, height), scene.seed + 3)
    left = int(scene.cloud_shift * width) % width
    sheet = wide.crop((left, 0, left + width, height))
    threshold = 205 - 110 * scene.clouds
    mask = sheet.point([max(0, min(255, int((level - threshold) * 2.4))) for level in range(256)])
    fade = gradient(((150,) * 3, (215,) * 3, (60,) * 3), picture.size, scene.horizon).convert("L")
    lit = gradient(
        (mix(scene.sky[0], (255, 255, 255), 0.35), mix(scene.sky[-1], scene.glow, 0.6)), picture.size, scene.horizon
    )
    return Image.composite(lit, picture, ImageChops.multiply(mask, fade))


def _sun(picture: Image.Image, scene: Scene) -> Image.Image:
    width, height = picture.size
    x, y = scene.sun[0] * width, scene.sun[1] * height
    for reach, strength in ((9.0, 0.45), (3.4, 0.5), (1.6, 0.6)):
        radius = int(scene.sun_radius * width * reach)
        halo = ImageChops.invert(Image.radial_gradient("L")).resize((radius * 2, radius * 2))
        halo = halo.point([int(max(0, level - 75) * 1.4 * strength) for level in range(256)])
        mask = Image.new("L", picture.size)
        mask.paste(halo, (int(x) - radius, int(y) - radius))
        picture = Image.composite(Image.new("RGB", picture.size, scene.glow), picture, mask)
    disc, radius_px = Image.new("L", picture.size), scene.sun_radius * width
    ImageDraw.Draw(disc).ellipse((x - radius_px, y - radius_px, x + radius_px, y + radius_px), fill=255)
    bright = Image.new("RGB", picture.size, mix(scene.glow, (255, 255, 255), 0.7))
    return Image.composite(bright, picture, disc.filter(ImageFilter.GaussianBlur(width / 700)))


def _ridge(picture: Image.Image, scene: Scene, number: int) -> Image.Image:
    """One ridge, the first the farthest: darker, rougher and lower than the one behind it, standing in its own fog."""
    width, height = picture.size
    near = number / max(1, scene.ridges - 1)
    top = height * (scene.horizon + (0.9 - scene.horizon) * near**1.35)
    line = _outline(scene, number, near, picture.size, top)
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).polygon([(0, height), *line, (width, height)], fill=255)
    if near > 0.55:
        _trees(mask, line, near, Random(scene.seed * 31 + number))
    color = mix(scene.haze, scene.ground, near**0.8)
    body = gradient((color, mix(color, scene.haze, 0.55 * (1 - near) + 0.06)), (width, height), 1.0)
    body = ImageChops.offset(body, 0, int(top * 0.6))
    texture = cloth(picture.size, scene.seed * 53 + number, stretch=1.0, octaves=7)
    body = ImageChops.soft_light(body, Image.merge("RGB", (texture,) * 3))
    picture = Image.composite(body, picture, mask.filter(ImageFilter.GaussianBlur(0.6)))
    return _fog(picture, scene, near, top)


def _outline(scene: Scene, number: int, near: float, size: tuple[int, int], top: float) -> list[tuple[float, float]]:
    random, (width, height) = Random(scene.seed * 17 + number), size
    waves = [
        (random.uniform(0.6, 1.4) * 2**octave, random.uniform(0, 2 * math.pi), 0.55**octave) for octave in range(7)
    ]
    swing = height * (0.085 - 0.03 * near)
    return [
        (x, top + swing * sum(a * math.sin(f * 2 * math.pi * x / width + phase) for f, phase, a in waves))
        for x in range(0, width + 3, 2)
    ]


def _trees(mask: Image.Image, line: list[tuple[float, float]], near: float, random: Random) -> None:
    draw, unit = ImageDraw.Draw(mask), mask.width / 1440
    for x, y in line:
        if random.random() < 0.34:
            tall = unit * random.uniform(8, 34) * near**2
            wide = tall * random.uniform(0.16, 0.26)
            draw.polygon([(x - wide, y + 4), (x, y - tall), (x + wide, y + 4)], fill=255)


def _fog(picture: Image.Image, scene: Scene, near: float, top: float) -> Image.Image:
    width, height = picture.size
    depth = height * 0.16
    mask = Image.new("L", (1, height))
    for y in range(height):
        share = 1 - abs(y - (top + depth * 1.25)) / depth
        mask.putpixel((0, y), int(max(0.0, share) * 105 * (1 - near) ** 1.1))
    thick = ImageChops.multiply(mask.resize((width, height)), cloth((width, height), scene.seed + 90, 2.0, 3))
    return Image.composite(Image.new("RGB", picture.size, mix(scene.haze, scene.glow, 0.45)), picture, thick)


def _grain(picture: Image.Image, scene: Scene) -> Image.Image:
    if not scene.grain:
        return picture
    random, (width, height) = Random(scene.seed + 11), picture.size
    # Two uniform sheets added up are near enough to a bell, and unlike effect_noise they follow the seed.
    sheets = [Image.frombytes("L", (width, height), random.randbytes(width * height)) for _ in range(2)]
    noise = Image.blend(*sheets, 0.5).point([int(128 + (level - 128) * scene.grain / 52) for level in range(256)])
    return ImageChops.overlay(picture, Image.merge("RGB", (noise,) * 3))
