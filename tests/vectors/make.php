<?php
/**
 * Makes vectors.ndjson: known answers of real PHP, one case a line.
 *
 *   php make.php           rewrites the file
 *   php make.php --check   exits 1 when the file is not what PHP makes now
 */

declare(strict_types=1);

require __DIR__ . '/reference.php';
require __DIR__ . '/cases/text.php';
require __DIR__ . '/cases/form.php';
require __DIR__ . '/cases/response.php';

const FILE = __DIR__ . '/vectors.ndjson';

/** Hashes known before this script was written: PHP has to agree with them. */
const KNOWN = [
    'documented order' => '92cea5ba30b463b8c3b234e3d2945e65',
    'no parameters' => '53de7e1144de71c41d1cb06887f4b179',
    'reply done' => 'cf2b10a8fd707c6d14f496e19503b0a1',
    'reply incorrect hash' => 'b65427c45515bf2ed64b2149156e103b',
    'reply nonexistent order' => 'e95a8dcc9368519482412470b53d392f',
];

/** Every case with PHP's answer. */
function answered_cases(): Generator
{
    foreach (form_cases() as $name => [$pairs, $login, $key]) {
        $body = form_body($pairs);
        yield ['kind' => 'form', 'name' => $name, 'pairs' => $pairs, 'login' => $login, 'key' => $key,
            'body' => $body, 'hash' => request_hash($body, $login, $key)];
    }
    foreach (response_cases() as $name => [$reply, $key]) {
        $signed = signed_reply_text($reply, $key);
        yield ['kind' => 'response', 'name' => $name, 'reply' => $reply, 'key' => $key,
            'signed' => $signed, 'hash' => md5($signed)];
    }
}

/** Refuses answers that contradict what is known, and cases that say nothing new. */
function proven(iterable $cases): array
{
    $proven = [];
    $inputs = [];
    foreach ($cases as $case) {
        $name = $case['name'];
        $input = serialize([$case['pairs'] ?? $case['reply'], $case['login'] ?? null, $case['key']]);
        if (isset($proven[$name]) || isset($inputs[$input])) {
            throw new LogicException("case \"$name\" repeats " . ($inputs[$input] ?? 'a name'));
        }
        if ($case['hash'] !== (KNOWN[$name] ?? $case['hash'])) {
            throw new LogicException("case \"$name\": PHP makes {$case['hash']}, known is " . KNOWN[$name]);
        }
        if ($case['kind'] === 'response' && json_decode($case['reply'], true)['hash'] !== $case['hash']) {
            throw new LogicException("case \"$name\": the reply does not carry its own hash");
        }
        $proven[$name] = $case;
        $inputs[$input] = $name;
    }
    if ($missing = array_diff_key(KNOWN, $proven)) {
        throw new LogicException('no case is named ' . implode(', ', array_keys($missing)));
    }
    return $proven;
}

/** The file's text. ASCII alone, so that no editor hides or reorders what a case holds. */
function rendered(array $cases): string
{
    $text = '';
    foreach ($cases as $case) {
        $text .= json_encode($case, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR) . "\n";
    }
    return $text;
}

/** Replaces the file in one step: a reader sees the old one or the new one. */
function replace_file(string $text): void
{
    $draft = FILE . '.' . getmypid() . '.tmp';
    try {
        file_put_contents($draft, $text);
        rename($draft, FILE);
    } finally {
        if (is_file($draft)) {
            unlink($draft);
        }
    }
}

/** Runs the command; returns its exit code. */
function main(array $arguments): int
{
    if (!in_array($arguments, [[], ['--check']], true)) {
        fwrite(STDERR, "usage: php make.php [--check]\n");
        return 2;
    }
    $cases = proven(answered_cases());
    $text = rendered($cases);
    if ($arguments === []) {
        replace_file($text);
        echo 'tests/vectors/vectors.ndjson: ', count($cases), " cases\n";
        return 0;
    }
    if (!is_file(FILE) || file_get_contents(FILE) !== $text) {
        fwrite(STDERR, "tests/vectors/vectors.ndjson is not what PHP makes: run `cargo xtask vectors`\n");
        return 1;
    }
    return 0;
}

try {
    exit(main(array_slice($argv, 1)));
} catch (Throwable $problem) {
    fwrite(STDERR, 'tests/vectors/make.php: ' . $problem->getMessage() . "\n");
    exit(2);
}
