;; A part of modules that tests write: a block of what stands in their own memory from a place on.
(func $text (param $from i32) (param $length i32) (result i64) (local $block i64) (local $at i32)
  (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
  (loop $next
    (call $store
      (i64.add (local.get $block) (i64.extend_i32_u (local.get $at)))
      (i32.load8_u (i32.add (local.get $from) (local.get $at))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $at) (local.get $length))))
  (local.get $block))
