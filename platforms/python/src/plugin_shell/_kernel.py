"""What a plugin finds in place of Extism: its blocks, its input and output, its configuration, and its requests.

It is a module of its own, in whose memory all of that stands, so that a run calls no function of Python: what it is
given is written there before, and what came of it is read there afterwards. A request that has no answer yet is
answered as not sent (see `_engine`).
"""

import struct

HEAD = struct.Struct("<16I")
"""What stands at the beginning of the kernel's memory, four bytes each:

the offset of the input and its length; of the output and its length; the block with the error; the list of answers
(each a status, an offset and a length) and how many there are; how many requests were made; nothing; behind the last
block; the block that was freed last; how many are not freed; why it stopped; the list of the configuration (each the
lengths of a key and of a value, and both; the last has an empty key); where blocks begin; the status of the last
answer.
"""
RECORDS = 128
"""The requests that have an answer, and the next one: document and body, each with its length."""
RECORD = struct.Struct("<4I")
ANSWER = struct.Struct("<3I")
PAIR = struct.Struct("<2I")
"""The lengths in the configuration, or of a block: what it has room for, and its own."""
FREE = 2048
"""From here on stand the configuration, what a run is given, and blocks."""
BYTES = 16 << 20
MOST_REQUESTS = 100
"""As many as one call may make; refused ones count."""
HALTS = {
    1: 'it went beyond the cap "memory": 16 MiB for blocks.',
    2: 'it went beyond the cap "blocks": 10,000 in one run.',
    3: f'it went beyond the cap "requests": {MOST_REQUESTS} in one call.',
}

WAT = """
(module
  (memory (export "memory") 256 256)
  (data (i32.const 2040) "not_sent")
  ;; Of a block: its capacity and its length stand in the eight bytes before it. A block that was freed has no length,
  ;; and begins with the offset of the one that was freed before it; the last one that was is at 40, the number of those
  ;; that are not at 44, and where blocks begin at 56.

  (func $halt (param $why i32)
    (i32.store (i32.const 48) (local.get $why))
    unreachable)

  (func $alloc (export "alloc") (param $size i64) (result i64)
    (local $length i32) (local $at i32) (local $before i32) (local $end i32)
    (if (i64.eqz (local.get $size)) (then (return (i64.const 0))))
    (if (i64.gt_u (local.get $size) (i64.const 16777216)) (then (call $halt (i32.const 1))))
    (local.set $length (i32.wrap_i64 (local.get $size)))
    (i32.store (i32.const 44) (i32.add (i32.load (i32.const 44)) (i32.const 1)))
    (if (i32.gt_u (i32.load (i32.const 44)) (i32.const 10000)) (then (call $halt (i32.const 2))))
    (local.set $at (i32.load (i32.const 40)))
    (block $none
      (loop $next
        ;; The plugin can write what is none.
        (br_if $none
          (i32.eqz (call $has (i64.sub (i64.extend_i32_u (local.get $at)) (i64.const 8)) (i64.const 16))))
        (if (i32.ge_u (i32.load (i32.sub (local.get $at) (i32.const 8))) (local.get $length))
          (then
            (if (local.get $before)
              (then (i32.store (local.get $before) (i32.load (local.get $at))))
              (else (i32.store (i32.const 40) (i32.load (local.get $at)))))
            (i32.store (i32.sub (local.get $at) (i32.const 4)) (local.get $length))
            (memory.fill (local.get $at) (i32.const 0) (local.get $length))
            (return (i64.extend_i32_u (local.get $at)))))
        (local.set $before (local.get $at))
        (local.set $at (i32.load (local.get $at)))
        (br $next)))
    (local.set $at (i32.add (i32.load (i32.const 36)) (i32.const 8)))
    (local.set $end
      (i32.and (i32.add (i32.add (local.get $at) (local.get $length)) (i32.const 7)) (i32.const -8)))
    (if (i32.gt_u (local.get $end) (i32.const 16777216)) (then (call $halt (i32.const 1))))
    (i32.store (i32.const 36) (local.get $end))
    (i32.store (i32.sub (local.get $at) (i32.const 8)) (i32.sub (local.get $end) (local.get $at)))
    (i32.store (i32.sub (local.get $at) (i32.const 4)) (local.get $length))
    (memory.fill (local.get $at) (i32.const 0) (local.get $length))
    (i64.extend_i32_u (local.get $at)))

  ;; Whether so many bytes from an offset on are among the blocks.
  (func $has (param $at i64) (param $size i64) (result i32)
    (i32.and
      (i64.ge_u (local.get $at) (i64.extend_i32_u (i32.load (i32.const 56))))
      (i32.and
        (i64.le_u (local.get $at) (i64.const 16777216))
        (i64.le_u (i64.add (local.get $at) (local.get $size)) (i64.extend_i32_u (i32.load (i32.const 36)))))))

  (func $length (export "length") (export "length_unsafe") (param $at i64) (result i64)
    (if (i32.eqz (call $has (i64.sub (local.get $at) (i64.const 8)) (i64.const 9))) (then (return (i64.const 0))))
    (i64.load32_u (i32.sub (i32.wrap_i64 (local.get $at)) (i32.const 4))))

  (func $free (export "free") (param $block i64)
    (local $at i32)
    (if (i64.eqz (call $length (local.get $block))) (then (return)))
    (local.set $at (i32.wrap_i64 (local.get $block)))
    (i32.store (i32.sub (local.get $at) (i32.const 4)) (i32.const 0))
    (i32.store (local.get $at) (i32.load (i32.const 40)))
    (i32.store (i32.const 40) (local.get $at))
    (i32.store (i32.const 44) (i32.sub (i32.load (i32.const 44)) (i32.const 1))))

  ;; There is a block always, that of the input, so that a difference is never below 0.
  (func (export "load_u8") (param $at i64) (result i32)
    (if (i64.gt_u
          (i64.sub (local.get $at) (i64.load32_u (i32.const 56)))
          (i64.sub (i64.sub (i64.load32_u (i32.const 36)) (i64.load32_u (i32.const 56))) (i64.const 1)))
      (then (return (i32.const 0))))
    (i32.load8_u (i32.wrap_i64 (local.get $at))))
  (func (export "load_u64") (param $at i64) (result i64)
    (if (i64.gt_u
          (i64.sub (local.get $at) (i64.load32_u (i32.const 56)))
          (i64.sub (i64.sub (i64.load32_u (i32.const 36)) (i64.load32_u (i32.const 56))) (i64.const 8)))
      (then (return (i64.const 0))))
    (i64.load (i32.wrap_i64 (local.get $at))))
  (func (export "store_u8") (param $at i64) (param $byte i32)
    (if (i64.gt_u
          (i64.sub (local.get $at) (i64.load32_u (i32.const 56)))
          (i64.sub (i64.sub (i64.load32_u (i32.const 36)) (i64.load32_u (i32.const 56))) (i64.const 1)))
      (then (return)))
    (i32.store8 (i32.wrap_i64 (local.get $at)) (local.get $byte)))
  (func (export "store_u64") (param $at i64) (param $eight i64)
    (if (i64.gt_u
          (i64.sub (local.get $at) (i64.load32_u (i32.const 56)))
          (i64.sub (i64.sub (i64.load32_u (i32.const 36)) (i64.load32_u (i32.const 56))) (i64.const 8)))
      (then (return)))
    (i64.store (i32.wrap_i64 (local.get $at)) (local.get $eight)))

  (func $in_input (param $at i64) (param $size i64) (result i32)
    (i32.and
      (i64.lt_u (local.get $at) (i64.load32_u (i32.const 4)))
      (i64.le_u (i64.add (local.get $at) (local.get $size)) (i64.load32_u (i32.const 4)))))
  (func (export "input_offset") (result i64) (i64.load32_u (i32.const 0)))
  (func (export "input_length") (result i64) (i64.load32_u (i32.const 4)))
  (func (export "input_load_u8") (param $at i64) (result i32)
    (if (i32.eqz (call $in_input (local.get $at) (i64.const 1))) (then (return (i32.const 0))))
    (i32.load8_u (i32.add (i32.load (i32.const 0)) (i32.wrap_i64 (local.get $at)))))
  (func (export "input_load_u64") (param $at i64) (result i64)
    (if (i32.eqz (call $in_input (local.get $at) (i64.const 8))) (then (return (i64.const 0))))
    (i64.load (i32.add (i32.load (i32.const 0)) (i32.wrap_i64 (local.get $at)))))

  (func (export "output_set") (param $at i64) (param $size i64)
    (if (i32.eqz (call $has (local.get $at) (local.get $size)))
      (then (local.set $at (i64.const 0)) (local.set $size (i64.const 0))))
    (i32.store (i32.const 8) (i32.wrap_i64 (local.get $at)))
    (i32.store (i32.const 12) (i32.wrap_i64 (local.get $size))))
  (func (export "error_set") (param $block i64)
    (if (i32.eqz (call $has (local.get $block) (call $length (local.get $block))))
      (then (local.set $block (i64.const 0))))
    (i32.store (i32.const 16) (i32.wrap_i64 (local.get $block))))

  ;; A new block with these bytes; 0 if there are none.
  (func $put (param $from i32) (param $size i32) (result i64)
    (local $block i64)
    (local.set $block (call $alloc (i64.extend_i32_u (local.get $size))))
    (memory.copy (i32.wrap_i64 (local.get $block)) (local.get $from) (local.get $size))
    (local.get $block))

  (func $same (param $one i32) (param $other i32) (param $size i32) (result i32)
    (loop $next
      (if (i32.eqz (local.get $size)) (then (return (i32.const 1))))
      (local.set $size (i32.sub (local.get $size) (i32.const 1)))
      (br_if $next
        (i32.eq
          (i32.load8_u (i32.add (local.get $one) (local.get $size)))
          (i32.load8_u (i32.add (local.get $other) (local.get $size))))))
    (i32.const 0))

  (func (export "config_get") (param $block i64) (result i64)
    (local $at i32) (local $length i32) (local $value i32)
    (local.set $length (i32.wrap_i64 (call $length (local.get $block))))
    (local.set $at (i32.load (i32.const 52)))
    (block $none
      (loop $next
        (br_if $none (i32.eqz (i32.load (local.get $at))))
        (local.set $value (i32.add (i32.add (local.get $at) (i32.const 8)) (i32.load (local.get $at))))
        (if (i32.eq (i32.load (local.get $at)) (local.get $length))
          (then
            (if
              (call $same
                (i32.add (local.get $at) (i32.const 8)) (i32.wrap_i64 (local.get $block)) (local.get $length))
              (then
                (call $free (local.get $block))
                (return (call $put (local.get $value) (i32.load offset=4 (local.get $at))))))))
        (local.set $at (i32.add (local.get $value) (i32.load offset=4 (local.get $at))))
        (br $next)))
    (call $free (local.get $block))
    (i64.const 0))

  ;; Keeps what was asked for, where the plugin does not find it.
  (func $record (param $to i32) (param $block i64)
    (local $length i32)
    (local.set $length (i32.wrap_i64 (call $length (local.get $block))))
    (i32.store (local.get $to) (i32.wrap_i64 (call $put (i32.wrap_i64 (local.get $block)) (local.get $length))))
    (i32.store offset=4 (local.get $to) (local.get $length))
    (call $free (local.get $block)))

  (func (export "http_request") (param $document i64) (param $body i64) (result i64)
    (local $number i32) (local $answer i32)
    (local.set $number (i32.load (i32.const 28)))
    (if (i32.ge_u (local.get $number) (i32.const 100)) (then (call $halt (i32.const 3))))
    (i32.store (i32.const 28) (i32.add (local.get $number) (i32.const 1)))
    (if (i32.le_u (local.get $number) (i32.load (i32.const 24)))
      (then
        (local.set $answer (i32.add (i32.const 128) (i32.mul (local.get $number) (i32.const 16))))
        (call $record (local.get $answer) (local.get $document))
        (call $record (i32.add (local.get $answer) (i32.const 8)) (local.get $body))))
    (if (i32.ge_u (local.get $number) (i32.load (i32.const 24)))
      (then
        (i32.store (i32.const 60) (i32.const 0))
        (return (call $put (i32.const 2040) (i32.const 8)))))
    (local.set $answer (i32.add (i32.load (i32.const 20)) (i32.mul (local.get $number) (i32.const 12))))
    (i32.store (i32.const 60) (i32.load (local.get $answer)))
    (call $put (i32.load offset=4 (local.get $answer)) (i32.load offset=8 (local.get $answer))))
  (func (export "http_status_code") (result i32) (i32.load (i32.const 60)))
  (func (export "http_headers") (result i64) (i64.const 0))

  ;; Nobody reads what is logged.
  (func $log (export "log_error") (export "log_warn") (export "log_info") (export "log_debug") (export "log_trace")
    (param $text i64) (call $free (local.get $text)))
  (func (export "get_log_level") (result i32) (i32.const 2147483647)))
"""
