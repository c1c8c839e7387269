<?php
/**
 * A line server: one JSON request a line on stdin, one JSON answer a line on stdout, until EOF.
 *
 *   {"pairs":[["a","b"],…],"login":"…","key":"…"}  →  {"body":"…","hash":"…"}
 *   {"reply":"<raw JSON>","key":"…"}                →  {"hash":"…"}
 *
 * Anything it cannot answer gets {"error":"…"}; it never stops on a bad line. One process answers
 * thousands of cases in the time it takes to start a second one.
 */

declare(strict_types=1);

require __DIR__ . '/reference.php';

// Longer lines are refused, so that no request can run PHP out of memory and end the process.
const MAX_LINE_BYTES = 4 * 1024 * 1024;
ini_set('memory_limit', '1G');

/** The string field `$name` of a request. */
function text_field(array $request, string $name): string
{
    $value = $request[$name] ?? null;
    if (!is_string($value)) {
        throw new InvalidArgumentException("\"$name\" must be a string");
    }
    return $value;
}

/** The answer to one request. */
function answer(string $line): array
{
    $request = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    $pairs = is_array($request) ? $request['pairs'] ?? null : null;
    if (is_array($pairs) && array_is_list($pairs)) {
        $body = form_body($pairs);
        $hash = request_hash($body, text_field($request, 'login'), text_field($request, 'key'));
        return ['body' => $body, 'hash' => $hash];
    }
    if (is_array($request) && array_key_exists('reply', $request)) {
        $signed = signed_reply_text(text_field($request, 'reply'), text_field($request, 'key'));
        return ['hash' => md5($signed)];
    }
    throw new InvalidArgumentException('a request has "pairs" (a list) or "reply" (a string)');
}

/** Reads past the rest of a line that was too long. */
function skip_line($input): void
{
    while (($rest = fgets($input, MAX_LINE_BYTES)) !== false && !str_ends_with($rest, "\n")) {
    }
}

while (($line = fgets(STDIN, MAX_LINE_BYTES)) !== false) {
    try {
        if (!str_ends_with($line, "\n") && !feof(STDIN)) {
            skip_line(STDIN);
            throw new InvalidArgumentException('the line is longer than ' . MAX_LINE_BYTES . ' bytes');
        }
        $answer = answer($line);
    } catch (Throwable $problem) {
        $answer = ['error' => $problem->getMessage()];
    }
    fwrite(STDOUT, json_encode($answer, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
    fflush(STDOUT);
}
