<?php
// The way of the service's own PHP sample: a signed form over curl, a new handle for each call, the
// certificate not verified, and hashes compared with ==. It makes one call at a time.
//
// php update_order_status.php BASE_URL [once]
//
// A line on standard input is the length of a round in milliseconds; the answer is a line of JSON.

const LOGIN = 'username';
const KEY = 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX';

$url = $argv[1] . '/api/UpdateOrderStatus';

function post(string $url, array $fields): string
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => http_build_query($fields),
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_SSL_VERIFYPEER => false,
        CURLOPT_SSL_VERIFYHOST => 2,
    ]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return $answer;
}

function call(string $url): void
{
    $fields = ['bill_id' => '100000', 'status' => 'sent', 'date' => '1362254400', 'rpo' => '10000000000000'];
    $fields['hash'] = md5(http_build_query($fields) . '::' . LOGIN . '::' . KEY);
    $reply = json_decode(post($url, $fields));
    if ($reply === null || md5("$reply->error_code::$reply->error_text::" . KEY) != $reply->hash) {
        throw new RuntimeException('the hash of the reply is wrong');
    }
    if ($reply->error_code != 0) {
        throw new RuntimeException("code $reply->error_code: $reply->error_text");
    }
}

function cpu_seconds(): float
{
    $usage = getrusage();
    return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']
        + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
}

function peak_bytes(): ?int
{
    $status = @file_get_contents('/proc/self/status');
    return $status && preg_match('/^VmHWM:\s+(\d+) kB/m', $status, $found) ? $found[1] * 1024 : null;
}

function round_of(string $url, int $milliseconds): array
{
    $took = [];
    $cpu = cpu_seconds();
    $begun = hrtime(true);
    $end = $begun + $milliseconds * 1000000;
    do {
        $before = hrtime(true);
        call($url);
        $now = hrtime(true);
        $took[] = $now - $before;
    } while ($now < $end);
    $cpu = cpu_seconds() - $cpu;
    sort($took);
    $calls = count($took);
    $percentile = fn(float $share) => $took[max(0, (int) ceil($calls * $share) - 1)] / 1000;
    return [
        'calls' => $calls,
        'seconds' => ($now - $begun) / 1e9,
        'p50_us' => $percentile(0.5),
        'p99_us' => $percentile(0.99),
        'cpu_us' => $cpu * 1e6 / $calls,
        'peak_bytes' => peak_bytes(),
    ];
}

if (($argv[2] ?? '') === 'once') {
    call($url);
    exit;
}
while (($line = fgets(STDIN)) !== false) {
    echo json_encode(round_of($url, (int) $line)), "\n";
}
