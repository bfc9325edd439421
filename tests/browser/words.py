"""What the gallery's posts say: every script, every length, and one that would like to be markup."""

HOSTILE = (
    "<script>document.title='owned'</script> \"><img src=x onerror=alert(1)> {{ 7*7 }} "
    "\u202egnp.exe javascript:alert(1)"
)
ARABIC = "مرحبا بالعالم! هذا نص من اليمين إلى اليسار، وفيه رابط https://acme.dev/ar ووسم #إطلاق."
JAPANESE = "新しいバージョンを公開しました。\n\n写真も、アンケートも、引用もそのまま試せます。#リリース"
# Paragraphs of both directions; each begins at its own side.
BOTH_WAYS = "Two languages, one office:\n\nשלום לכולם, גרסה 4 יצאה היום (Release 4.0).\n\nThat says: version 4 is out."
# A family, a flag of subdivisions, a keycap, a skin tone; Devanagari, Thai, and more marks than a line is high.
CLUSTERS = (
    "One letter each: 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 3️⃣ 👋🏽 é नमस्ते สวัสดี 각 "
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f"
    "a\u036b\u0357\u0334\u0362\u0335\u031c\u0330lgo"
)
LONG = "x" * 120 + " " + "https://acme.dev/" + "very-long-path/" * 12
LETTER = (
    "Why we moved the scheduler 📮\n\nFor three years it ran on one machine. It was fast, it was simple, and every "
    "night somebody hoped that it would still be there in the morning.\n\n"
) + "What changed is small: a job says what it needs, and whoever has it takes the job. " * 9
NOTE = "Postscript: the machine is a coffee table now."
QUESTION = "أي وقت يناسبكم؟"
OPTIONS = ("صباحا", "مساء", "WWWWWWWWWWWWWWWWWWWWWWWWW", "🕛 midnight, as ever")
LONG_ALT = "Pages per night over one year. " + "January to March: eleven a night, most of them for nothing. " * 12
