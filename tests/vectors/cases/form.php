<?php
/**
 * The form cases: name => [pairs, login, key].
 *
 * Values are strings throughout: a client has turned its numbers into text before it signs them.
 */

declare(strict_types=1);

const LOGIN = 'username';
const KEY = 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX';

/** The documentation's order, as the service's page sends it. */
const ORDER = [
    ['bill_id', '100000'],
    ['status', 'sent'],
    ['date', '1362254400'],
    ['rpo', '10000000000000'],
];

/** Every form case, in a fixed order. */
function form_cases(): Generator
{
    yield 'documented order' => [ORDER, LOGIN, KEY];
    yield 'no parameters' => [[], LOGIN, KEY];
    yield from form_characters();
    yield from form_values();
    yield from form_names();
    yield from form_shapes();
    yield from form_accounts();
    yield from form_random();
}

/** Every ASCII character, and rows of others, as a value and inside a name. */
function form_characters(): Generator
{
    for ($code = 0; $code < 128; $code++) {
        yield 'value ' . ascii_label($code) => [[['v', chr($code)]], LOGIN, KEY];
        yield 'name with ' . ascii_label($code) => [[['k' . chr($code) . 'k', '1']], LOGIN, KEY];
    }
    foreach (block_rows() + unicode_texts() as $label => $text) {
        yield "value $label" => [[['rpo', $text]], LOGIN, KEY];
    }
    foreach (block_rows() as $label => $text) {
        yield "name $label" => [[[$text, '1']], LOGIN, KEY];
    }
    foreach (['russian sentence', 'emoji zwj family', 'e acute combining', 'hebrew', 'four-byte limits'] as $label) {
        yield "name $label" => [[[unicode_texts()[$label], '1']], LOGIN, KEY];
    }
}

/** Values whose ASCII alone is hard. */
function form_values(): Generator
{
    $values = [
        'leading space' => ' a', 'trailing space' => 'a ', 'inner space' => 'a b', 'double space' => 'a  b',
        'only spaces' => '   ', 'tabs' => "\ta\t", 'unix lines' => "a\nb\n", 'windows lines' => "a\r\nb\r\n",
        'lone carriage return' => "a\rb", 'nul inside' => "a\0b", 'phone with plus' => '+7 900 000-00-00',
        'only pluses' => '+++', 'sum' => '1 + 1 = 2', 'percent at the end' => '100%', 'double percent' => '%%',
        'encoded space' => 'a%20b', 'encoded plus' => 'a%2Bb', 'encoded lower-case hex' => '%d0%b9',
        'broken escape' => '%zz%1', 'encoded nul' => '%00', 'a form' => 'a=1&b=2', 'html entities' => '&amp;&lt;b&gt;',
        'only ampersands' => '&&', 'only equals' => '==', 'semicolons' => 'a;b;c', 'tilde home' => '~user/~x',
        'stars' => '**bold**', 'unreserved' => '-_.', 'unreserved and not' => 'A-Z_a.z~0*9', 'url' => 'https://a.example:8443/b?c=d&e=f#g',
        'e-mail' => 'first.last+tag@example.com', 'json' => '{"a":["b",null]}', 'quotes' => "\"double\" 'single' `back`",
        'backslashes' => '\\n\\u0041\\\\', 'php code' => '<?php echo "$x::{$y}"; ?>', 'separators' => 'a::b::c', 'only a separator' => '::',
        'separator in front' => '::a', 'zero' => '0', 'zeros' => '000', 'leading zeros' => '0100000',
        'leading zeros in front of text' => '00RU', 'minus zero' => '-0', 'negative' => '-1', 'plus sign number' => '+1',
        'decimal' => '1.0', 'exponent' => '1e3', 'magic hash look-alike' => '0e462097431906509019562988736854', 'hex' => '0x1A',
        'twenty digits' => '99999999999999999999', 'past 64 bits' => '18446744073709551616', 'word true' => 'true', 'word false' => 'false',
        'word null' => 'null', 'word array' => 'Array', 'brackets' => '[]', 'template' => '{{ $json.id }}', 'all printable' => span(0x20, 0x7E), 'all control' => span(0, 0x1F) . "\x7F",
    ];
    foreach ($values as $label => $value) {
        yield "value $label" => [[['bill_id', '100000'], ['rpo', $value]], LOGIN, KEY];
    }
}

/** Names that PHP could treat specially, and does not: all of them stay flat. */
function form_names(): Generator
{
    $names = [
        'empty' => '', 'space' => ' ', 'leading space' => ' a', 'plus' => 'a+b', 'percent' => 'a%20b', 'ampersand' => 'a&b',
        'equals' => 'a=b', 'dot' => 'a.b', 'dash' => 'a-b', 'hash' => 'hash', 'brackets' => 'a[b]', 'empty brackets' => 'a[]',
        'nested brackets' => 'goods[0][good_name]', 'open bracket' => 'a[', 'close bracket' => ']a', 'only brackets' => '[]',
        'zero' => '0', 'digits' => '42', 'leading zeros' => '007', 'negative' => '-5', 'minus zero' => '-0',
        'largest integer' => '9223372036854775807', 'past the largest integer' => '9223372036854775808', 'decimal' => '1.5',
        'word true' => 'true', 'word null' => 'null', 'separator' => 'a::b', 'upper case' => 'BILL_ID', 'nul in front' => "\0a", 'crlf' => "a\r\nb",
    ];
    foreach ($names as $label => $name) {
        yield "name $label" => [[[$name, 'x y']], LOGIN, KEY];
    }
}

/** How many pairs, in what order, how empty and how long. */
function form_shapes(): Generator
{
    $statuses = [
        'paid' => [['bill_id', '100001'], ['status', 'paid'], ['date', '1362254400']],
        'return' => [['bill_id', '100002'], ['status', 'return']],
        'cancel' => [['bill_id', '100003'], ['status', 'cancel']],
    ];
    foreach ($statuses as $status => $pairs) {
        yield "order $status" => [$pairs, LOGIN, KEY];
    }
    foreach (permutations(ORDER) as $at => $pairs) {
        if ($at > 0) { // the first is the documented order itself
            yield sprintf('documented order, arrangement %d of 24', $at + 1) => [$pairs, LOGIN, KEY];
        }
    }
    foreach (ORDER as $at => [$name]) {
        $pairs = ORDER;
        $pairs[$at][1] = '';
        yield "empty $name" => [$pairs, LOGIN, KEY];
    }
    yield 'all values empty' => [array_map(static fn (array $pair) => [$pair[0], ''], ORDER), LOGIN, KEY];
    yield 'one empty value' => [[['a', '']], LOGIN, KEY];
    yield 'empty name and value' => [[['', '']], LOGIN, KEY];
    yield 'number names out of order' => [[['2', 'b'], ['0', 'c'], ['1', 'a']], LOGIN, KEY];
    yield 'names that differ in case' => [[['a', '1'], ['A', '2']], LOGIN, KEY];
    yield 'names that differ in zeros' => [[['1', 'a'], ['01', 'b'], ['001', 'c']], LOGIN, KEY];
    yield 'flat and bracket names' => [[['a', '1'], ['a[0]', '2'], ['a[1]', '3']], LOGIN, KEY];
    yield 'hundred pairs' => [array_map(static fn (int $n) => ["p$n", "v $n"], range(1, 100)), LOGIN, KEY];
    foreach (['4096 letters' => ['x', 4096], '2000 spaces' => [' ', 2000], '1000 percent signs' => ['%', 1000],
        '500 russian letters' => ['щ', 500], '300 emoji' => ['📦', 300], '300 digits' => ['9', 300]] as $label => [$text, $times]) {
        yield "long value $label" => [[['rpo', str_repeat($text, $times)]], LOGIN, KEY];
    }
    yield 'long name' => [[[str_repeat('name ', 400), '1']], LOGIN, KEY];
    // MD5 pads to blocks of 64 bytes: texts around the edge of a block.
    foreach (range(50, 70) as $length) {
        yield "value of $length bytes and a short account" => [[['a', str_repeat('b', $length)]], 'u', 'k'];
    }
}

/** Logins and keys: they are signed as they are, never encoded. */
function form_accounts(): Generator
{
    $texts = [
        'empty' => '', 'space' => ' ', 'spaces around' => ' a b ', 'separator' => 'a::b', 'separator in front' => '::a',
        'separator at the end' => 'a::', 'single colon' => ':', 'double quote' => 'a"b', 'single quote' => "a'b",
        'backslash' => 'a\\b', 'dollar' => '$code', 'braces' => '{$key}', 'percent' => 'a%20b', 'plus' => 'a+b',
        'ampersand and equals' => 'a=b&c', 'tilde and star' => '~*', 'slash' => 'a/b', 'newline' => "a\nb", 'nul' => "a\0b",
        'digits' => '0012', 'upper case' => 'UserName', 'dash and dot' => 'user-name.1', 'latin-1' => 'Zoë', 'russian' => 'магазин',
        'emoji' => '🔑', 'zwj emoji' => "\u{1F468}\u{200D}\u{1F469}", 'combining' => "e\u{301}", 'hebrew' => 'חנות',
        'all printable' => span(0x20, 0x7E), 'long' => str_repeat('0123456789abcdef', 16),
    ];
    foreach ($texts as $label => $text) {
        yield "login $label" => [ORDER, $text, KEY];
        yield "key $label" => [ORDER, LOGIN, $text];
        yield "no parameters, login and key $label" => [[], $text, $text];
    }
}

/** Random forms from a fixed seed. */
function form_random(): Generator
{
    mt_srand(100000);
    for ($case = 1; $case <= 60; $case++) {
        $pairs = [];
        for ($left = mt_rand(0, 5); $left > 0; $left--) {
            $name = random_text(8);
            $pairs[$name] = [$name, random_text(16)];
        }
        yield "random form $case" => [array_values($pairs), random_text(10), random_text(16)];
    }
}

/** All arrangements of a list, the given one first. */
function permutations(array $items): array
{
    if (count($items) < 2) {
        return [$items];
    }
    $all = [];
    foreach ($items as $at => $item) {
        $rest = $items;
        unset($rest[$at]);
        foreach (permutations(array_values($rest)) as $tail) {
            $all[] = [$item, ...$tail];
        }
    }
    return $all;
}
