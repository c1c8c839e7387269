<?php
/** Texts that encoders get wrong, and random ones. Shared by the form and the reply cases. */

declare(strict_types=1);

/** UTF-8 of a code point, by its bit layout: the mbstring extension is not everywhere. */
function utf8(int $point): string
{
    return match (true) {
        $point < 0x80 => chr($point),
        $point < 0x800 => chr(0xC0 | $point >> 6) . chr(0x80 | $point & 0x3F),
        $point < 0x10000 => chr(0xE0 | $point >> 12) . chr(0x80 | $point >> 6 & 0x3F)
            . chr(0x80 | $point & 0x3F),
        default => chr(0xF0 | $point >> 18) . chr(0x80 | $point >> 12 & 0x3F)
            . chr(0x80 | $point >> 6 & 0x3F) . chr(0x80 | $point & 0x3F),
    };
}

/** All code points from `$first` to `$last`, as one text. */
function span(int $first, int $last): string
{
    return implode('', array_map('utf8', range($first, $last)));
}

/** How an ASCII character is called in a case's name: `0x41 A`, `0x0A`. */
function ascii_label(int $code): string
{
    return sprintf('0x%02X', $code) . ($code > 0x20 && $code < 0x7F ? ' ' . chr($code) : '');
}

/** Non-ASCII blocks, in rows of sixteen: name => text. */
function block_rows(): array
{
    $rows = [];
    foreach (['c1 and latin-1' => [0x80, 0xFF], 'cyrillic' => [0x400, 0x4FF]] as $block => [$first, $last]) {
        for ($row = $first; $row <= $last; $row += 16) {
            $rows[sprintf('%s U+%04X..U+%04X', $block, $row, $row + 15)] = span($row, $row + 15);
        }
    }
    return $rows;
}

/** Texts beyond ASCII, each with a reason to be here: name => text. */
function unicode_texts(): array
{
    return [
        'russian sentence' => 'Заказ отправлен почтой',
        'russian io and short i' => 'Ёжик й Й ё',
        'numero sign' => 'Заказ №5',
        'guillemets and dash' => '«Почта России» — трек',
        'ruble sign' => '1 500 ₽',
        'ukrainian' => 'Їжак і ґанок',
        'french accents' => 'Crème brûlée à Noël',
        'german sharp s' => 'Straße',
        'turkish dotless i' => 'ısı İ',
        'greek' => 'Ξεσκεπάζω',
        'hebrew' => 'שלום עולם',
        'hebrew with points' => 'שָׁלוֹם',
        'arabic' => 'مرحبا بالعالم',
        'arabic mixed with digits' => 'طلب 100000 مدفوع',
        'rtl override mark' => "abc\u{202E}def\u{202C}",
        'directional marks' => "\u{200F}a\u{200E}b\u{061C}",
        'bidi isolates' => "\u{2067}x\u{2069}",
        'devanagari conjuncts' => 'नमस्ते क्षत्रिय',
        'thai' => 'สวัสดี',
        'han' => '订单已发货',
        'japanese' => 'ご注文の発送',
        'hangul syllables' => '주문 발송',
        'hangul jamo' => "\u{1112}\u{1161}\u{11AB}",
        'e acute composed' => "caf\u{E9}",
        'e acute combining' => "cafe\u{301}",
        'short i combining' => "\u{438}\u{306}",
        'stacked combining marks' => "Z\u{351}\u{36B}\u{343}\u{32A}\u{302}a\u{334}\u{315}",
        'lone combining mark' => "\u{301}",
        'emoji' => '📦',
        'emoji between words' => 'Ваш заказ 🎉 отправлен 🚚!',
        'emoji skin tone' => '👍🏽',
        'emoji zwj family' => "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}",
        'emoji zwj rainbow flag' => "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}",
        'emoji zwj profession with skin tone' => "\u{1F469}\u{1F3FF}\u{200D}\u{1F680}",
        'emoji country flag' => "\u{1F1F7}\u{1F1FA}",
        'emoji keycap' => "1\u{FE0F}\u{20E3}",
        'emoji text presentation' => "\u{2764}\u{FE0E}",
        'emoji tag flag' => "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
        'fullwidth ascii' => '１００％＆＝',
        'mathematical bold' => '𝐀𝐁𝐂',
        'no-break space' => "a\u{A0}b",
        'ideographic space' => "a\u{3000}b",
        'thin and zero-width spaces' => "a\u{2009}b\u{200B}c\u{2060}d",
        'soft hyphen' => "a\u{AD}b",
        'line and paragraph separators' => "a\u{2028}b\u{2029}c",
        'next line' => "a\u{85}b",
        'byte order mark in front' => "\u{FEFF}100000",
        'replacement character' => "\u{FFFD}",
        'private use' => "\u{E000}\u{F8FF}",
        'two-byte limits' => "\u{80}\u{7FF}",
        'three-byte limits' => "\u{800}\u{D7FF}\u{E000}\u{FFFF}",
        'four-byte limits' => "\u{10000}\u{10FFFF}",
        'noncharacters' => "\u{FDD0}\u{FFFE}\u{1FFFF}",
    ];
}

/** A random text of up to `$longest` characters; the generator must have been seeded. */
function random_text(int $longest): string
{
    $text = '';
    for ($left = mt_rand(0, $longest); $left > 0; $left--) {
        $text .= utf8(match (mt_rand(0, 9)) {
            0 => ord(" +%&=~*-_.:/?#[]\"'\\"[mt_rand(0, 18)]),
            1 => mt_rand(0x00, 0x1F),
            2 => mt_rand(0x80, 0x7FF),
            3 => mt_rand(0x410, 0x44F),
            4 => mt_rand(0x800, 0xD7FF),
            5 => mt_rand(0x1F300, 0x1F6FF),
            6 => mt_rand(0x10000, 0x10FFFF),
            default => mt_rand(0x20, 0x7E),
        });
    }
    return $text;
}
