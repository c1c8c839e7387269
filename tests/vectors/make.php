<?php
/**
 * Makes vectors.ndjson and calls.ndjson: known answers of real PHP, one case a line.
 *
 *   php make.php           rewrites the files
 *   php make.php --check   exits 1 when one of them is not what PHP makes now
 */

declare(strict_types=1);

require __DIR__ . '/reference.php';
require __DIR__ . '/cases/text.php';
require __DIR__ . '/cases/form.php';
require __DIR__ . '/cases/response.php';
require __DIR__ . '/cases/calls.php';

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

/** Every case of a whole call, of a body that is received, and of a webhook, with PHP's answer. */
function answered_calls(): Generator
{
    foreach (documented_calls() as $name => [$parameters, $known]) {
        yield call_case($name, $parameters) + ['known' => $known];
    }
    foreach (whole_calls() as $name => $parameters) {
        yield call_case($name, $parameters);
    }
    foreach (nested_parameters() as $name => $parameters) {
        yield call_case($name, $parameters);
    }
    foreach (documented_replies() as $signed => $known) {
        [$code, $text] = explode('::', (string) $signed, 2);
        yield ['kind' => 'reply', 'name' => "reply $signed", 'code' => $code, 'text' => $text, 'key' => KEY,
            'hash' => md5("$code::$text::" . KEY), 'known' => $known];
    }
    foreach (webhooks() as $name => [$id, $email, $time, $known]) {
        yield ['kind' => 'webhook', 'name' => "webhook $name", 'id' => $id, 'email' => $email, 'time' => $time, 'key' => KEY,
            'hash' => md5($id . $email . $time . KEY)] + ($known === null ? [] : ['known' => $known]);
    }
    foreach (received_bodies() as $name => $received) {
        $body = received_body($received);
        yield ['kind' => 'received', 'name' => $name, 'received' => $received, 'login' => LOGIN, 'key' => KEY,
            'body' => $body, 'hash' => request_hash($body, LOGIN, KEY)];
    }
}

/** A call, with its parameters one by one as they stand in the body. */
function call_case(string $name, array $parameters): array
{
    $body = nested_body($parameters);
    return ['kind' => 'form', 'name' => $name, 'pairs' => decoded_pairs($body), 'login' => LOGIN, 'key' => KEY,
        'body' => $body, 'hash' => request_hash($body, LOGIN, KEY)];
}

/** Refuses answers that contradict what is known, and cases that say nothing new. */
function proven(iterable $cases, array $known): array
{
    $proven = [];
    $inputs = [];
    foreach ($cases as $case) {
        $name = $case['name'];
        $input = serialize(array_diff_key($case, ['name' => 0, 'known' => 0, 'hash' => 0]));
        if (isset($proven[$name]) || isset($inputs[$input])) {
            throw new LogicException("case \"$name\" repeats " . ($inputs[$input] ?? 'a name'));
        }
        $expected = $known[$name] ?? $case['known'] ?? $case['hash'];
        if ($case['hash'] !== $expected) {
            throw new LogicException("case \"$name\": PHP makes {$case['hash']}, known is $expected");
        }
        if ($case['kind'] === 'response' && json_decode($case['reply'], true)['hash'] !== $case['hash']) {
            throw new LogicException("case \"$name\": the reply does not carry its own hash");
        }
        unset($case['known']);
        $proven[$name] = $case;
        $inputs[$input] = $name;
    }
    if ($missing = array_diff_key($known, $proven)) {
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
function replace_file(string $file, string $text): void
{
    $draft = $file . '.' . getmypid() . '.tmp';
    try {
        file_put_contents($draft, $text);
        rename($draft, $file);
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
    $files = [
        'vectors.ndjson' => proven(answered_cases(), KNOWN),
        'calls.ndjson' => proven(answered_calls(), []),
    ];
    foreach ($files as $name => $cases) {
        $file = __DIR__ . "/$name";
        $text = rendered($cases);
        if ($arguments === []) {
            replace_file($file, $text);
            echo "tests/vectors/$name: ", count($cases), " cases\n";
        } elseif (!is_file($file) || file_get_contents($file) !== $text) {
            fwrite(STDERR, "tests/vectors/$name is not what PHP makes: run `cargo xtask vectors`\n");
            return 1;
        }
    }
    return 0;
}

try {
    exit(main(array_slice($argv, 1)));
} catch (Throwable $problem) {
    fwrite(STDERR, 'tests/vectors/make.php: ' . $problem->getMessage() . "\n");
    exit(2);
}
