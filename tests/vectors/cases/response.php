<?php
/**
 * The reply cases: name => [raw JSON reply, key].
 *
 * Replies carry their own true hash, as the service's do, so a client can verify them whole.
 */

declare(strict_types=1);

/** JSON as PHP writes it by default (`\/`, `\uXXXX`), and with the flags a server may have set. */
const DEFAULT_JSON = 0;
const PLAIN_JSON = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES;

/** A reply with code and text, its hash, and what else is given, written with these flags. */
function reply(int|string $code, ?string $text, int $flags = DEFAULT_JSON, array $more = [], string $key = KEY): string
{
    $fields = ['error_code' => $code, 'error_text' => $text];
    $fields['hash'] = md5(signed_reply_text(json_encode($fields, JSON_THROW_ON_ERROR), $key));
    return json_encode($fields + $more, $flags | JSON_THROW_ON_ERROR);
}

/** Every reply case, in a fixed order. */
function response_cases(): Generator
{
    yield 'reply done' => [reply(0, 'OK'), KEY];
    yield 'reply incorrect hash' => [reply(4, 'Incorrect hash'), KEY];
    yield 'reply nonexistent order' => [reply(200, 'Nonexistent order'), KEY];
    yield from response_codes();
    yield from response_texts();
    yield from response_spellings();
    yield from response_shapes();
    yield from response_keys();
    yield from response_random();
}

/** Codes as numbers and as strings. */
function response_codes(): Generator
{
    $codes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 100, 104, 200, 201, 202, 203, 302, 303, 400, 500, 605, 700, 801, 999, -1, -200,
        32768, 65536, 2147483647, 2147483648, -2147483648, 4294967296, PHP_INT_MAX, PHP_INT_MIN];
    foreach ($codes as $code) {
        yield "code $code" => [reply($code, 'text'), KEY];
    }
    foreach (['0', '1', '4', '8', '200', '302', '-1', '9223372036854775807'] as $code) {
        yield "code string $code" => [reply($code, 'text'), KEY];
    }
}

/** Texts, escaped and not. */
function response_texts(): Generator
{
    for ($code = 0; $code < 128; $code++) {
        yield 'text with ' . ascii_label($code) => [reply(0, 'a' . chr($code) . 'b'), KEY];
    }
    $texts = [
        'empty' => '', 'null' => null, 'lower-case ok' => 'ok', 'order status changed' => 'order status changed',
        'zero' => '0', 'digits' => '007', 'spaces around' => '  ok  ', 'word null' => 'null', 'word false' => 'false',
        'separator' => 'a::b', 'only a separator' => '::', 'single colon' => ':', 'quotes' => "a \"b\" 'c'", 'backslashes' => '\\ \\\\ \\n \\u0041',
        'slashes' => 'https://example.com/a//b', 'lines' => "a\nb\r\nc\td", 'controls' => "\x00\x01\x08\x0C\x1B\x1F\x7F",
        'html' => '<b>A & B</b><br/>', 'interpolation' => '$code {$text} ${secret}', 'json' => '{"error_code":0}', 'form' => 'a=1&b=%20+~*',
        'russian' => 'Заказ не существует', 'long' => str_repeat('Ошибка / error. ', 40),
    ];
    foreach ($texts + unicode_texts() as $label => $text) {
        yield "text $label" => [reply(0, $text), KEY];
        $plain = reply(0, $text, PLAIN_JSON);
        if ($plain !== reply(0, $text)) {
            yield "text $label, unescaped" => [$plain, KEY];
        }
    }
    foreach (block_rows() as $label => $text) {
        yield "text $label" => [reply(201, $text), KEY];
    }
}

/** One text, many spellings in JSON. */
function response_spellings(): Generator
{
    $text = "Заказ <\"100/5\" & 'Ё'> 📦\u{2028}";
    $flags = ['hex escapes' => JSON_HEX_TAG | JSON_HEX_QUOT | JSON_HEX_AMP | JSON_HEX_APOS, 'pretty' => JSON_PRETTY_PRINT,
        'pretty and unescaped' => JSON_PRETTY_PRINT | PLAIN_JSON, 'only slashes unescaped' => JSON_UNESCAPED_SLASHES,
        'only unicode unescaped' => JSON_UNESCAPED_UNICODE, 'line terminators unescaped' => PLAIN_JSON | JSON_UNESCAPED_LINE_TERMINATORS];
    foreach ($flags as $label => $flag) {
        yield "spelling $label" => [reply(200, $text, $flag), KEY];
    }
    $by_hand = [
        'upper-case hex' => '{"error_code":0,"error_text":"\u041E\u041A","hash":"@"}',
        'mixed-case hex' => '{"error_code":0,"error_text":"\u041e\u041A \uD83d\uDCe6","hash":"@"}',
        'escaped ascii' => '{"error_code":0,"error_text":"\u004f\u004b","hash":"@"}',
        'short escapes' => '{"error_code":0,"error_text":"\b\f\n\r\t\"\\\\\/","hash":"@"}',
        'escaped field names' => '{"error\u005fcode":0,"\u0065rror_text":"OK","hash":"@"}',
        'space everywhere' => " \r\n\t{ \"error_code\" :\t0 ,\n\"error_text\" : \"OK\" , \"hash\":\"@\" }\r\n ",
        'hash first' => '{"hash":"@","error_text":"OK","error_code":0}',
        'escaped code string' => '{"error_code":"\u0032\u0030\u0030","error_text":"OK","hash":"@"}',
    ];
    foreach ($by_hand as $label => $reply) {
        yield "spelling $label" => [str_replace('@', md5(signed_reply_text($reply, KEY)), $reply), KEY];
    }
}

/** What a reply carries beside code and text: none of it is signed. */
function response_shapes(): Generator
{
    $results = ['empty list' => [], 'object' => ['order' => ['id' => 100000, 'paid' => true]], 'null' => null, 'text' => 'Готово/✓',
        'list of groups' => [['rass_name' => 'news', 'rass_title' => 'Новости'], ['rass_name' => 'vip', 'rass_title' => 'VIP']],
        'number' => 12.5, 'fields of its own' => ['error_code' => 4, 'error_text' => 'inner', 'hash' => 'inner']];
    foreach ($results as $label => $result) {
        yield "result $label" => [reply(0, 'ok', DEFAULT_JSON, ['result' => $result]), KEY];
    }
    yield 'unknown fields' => [reply(0, 'ok', DEFAULT_JSON, ['time' => 1362254400, 'a' => ['b' => null]]), KEY];
}

/** Keys are signed as they are. */
function response_keys(): Generator
{
    $keys = ['empty' => '', 'space' => ' ', 'separator' => '::', 'double quote' => 'a"b', 'single quote' => "a'b", 'backslash' => 'a\\b',
        'interpolation' => '{$code}', 'newline' => "a\n", 'nul' => "a\0b", 'latin-1' => 'clé', 'russian' => 'ключ', 'emoji' => '🔑',
        'combining' => "e\u{301}", 'short' => 'k', 'long' => str_repeat('k', 300)];
    foreach ($keys as $label => $key) {
        yield "reply key $label" => [reply(0, 'ok', key: $key), $key];
    }
}

/** Random replies from a fixed seed. */
function response_random(): Generator
{
    mt_srand(200000);
    for ($case = 1; $case <= 60; $case++) {
        $code = mt_rand(-10, 900);
        $key = random_text(20);
        $flags = [DEFAULT_JSON, PLAIN_JSON, JSON_PRETTY_PRINT][mt_rand(0, 2)];
        $reply = reply(mt_rand(0, 1) === 1 ? $code : (string) $code, random_text(24), $flags, [], $key);
        yield "random reply $case" => [$reply, $key];
    }
}
