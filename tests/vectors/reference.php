<?php
/**
 * What the service does with a form and a reply, done by PHP itself.
 *
 * Nothing here re-implements an encoding: `http_build_query`, `json_decode`, `md5` and PHP's own
 * conversion of values to strings are the reference the plugin is measured against.
 */

declare(strict_types=1);

// A warning would mean that PHP had to guess; a guess is no reference.
set_error_handler(static function (int $level, string $message): never {
    throw new RuntimeException($message);
});
// Whatever php.ini says: stdout carries data only, and floats print as PHP prints them by default.
ini_set('display_errors', 'stderr');
ini_set('precision', '14');

/**
 * The urlencoded body of an ordered list of [name, value] pairs of strings.
 *
 * A PHP array holds a name once, so a repeated name is refused instead of silently dropped.
 * The separator is given because php.ini may change the default one.
 */
function form_body(array $pairs): string
{
    $params = [];
    foreach ($pairs as $pair) {
        if (!is_array($pair) || !array_is_list($pair) || count($pair) !== 2
            || !is_string($pair[0]) || !is_string($pair[1])) {
            throw new InvalidArgumentException('a pair must be [name, value], both strings');
        }
        [$name, $value] = $pair;
        if (array_key_exists($name, $params)) {
            throw new InvalidArgumentException('a name is given twice: PHP arrays cannot hold that');
        }
        $params[$name] = $value;
    }
    return http_build_query($params, '', '&', PHP_QUERY_RFC1738);
}

/** The urlencoded body of parameters that may be arrays, numbers, switches or nothing. */
function nested_body(array $parameters): string
{
    return http_build_query($parameters, '', '&', PHP_QUERY_RFC1738);
}

/** The names and values of a body that PHP wrote, in its order. */
function decoded_pairs(string $body): array
{
    $pairs = $body === '' ? [] : explode('&', $body);
    return array_map(static fn (string $pair) => array_map('urldecode', explode('=', $pair, 2)), $pairs);
}

/** What PHP writes of a body that it has read: the text that the service's hash covers. */
function received_body(string $body): string
{
    parse_str($body, $parameters);
    return nested_body($parameters);
}

/** The hash a request with this body carries. */
function request_hash(string $body, string $login, string $key): string
{
    return md5(implode('::', [$body, $login, $key]));
}

/**
 * The text a reply's hash is made from.
 *
 * Interpolation prints the decoded values as PHP prints them: null, and a field that is not there,
 * as nothing; numbers in decimal; strings as they are.
 */
function signed_reply_text(string $reply, string $key): string
{
    $fields = json_decode($reply, false, 512, JSON_THROW_ON_ERROR);
    if (!$fields instanceof stdClass) {
        throw new InvalidArgumentException('the reply is JSON, but not an object');
    }
    $code = $fields->error_code ?? null;
    $text = $fields->error_text ?? null;
    return "$code::$text::$key";
}
