//! Runs a script that makes packages. It can reach nothing, and what it is given is a stranger's: its memory and its time
//! are bounded.

use std::time::{Duration, Instant};

use rquickjs::context::intrinsic::{Eval, Json, MapSet, RegExp, RegExpCompiler};
use rquickjs::{CatchResultExt as _, CaughtError, Context, Ctx, Function, Runtime};

/// What a description with its module may take to become a package, in bytes.
const MEMORY: usize = 1 << 30;
/// How deep it may call, in bytes.
const STACK: usize = 512 << 10;
/// How long it may take.
const TIME: Duration = Duration::from_secs(60);
/// What it says of a failure is shown up to so many characters.
const SHOWN: usize = 200;

/// What a script can use: neither time nor chance, so that its packages depend on nothing but what it is given.
type Intrinsics = (Eval, RegExpCompiler, RegExp, Json, MapSet);

/// Runs a script that defines `make`, and gives what that makes of a text: another text.
///
/// # Errors
/// If it fails, or takes too much: one line.
pub fn run(script: &str, input: &str) -> Result<String, String> {
    let began = Instant::now();
    let ended = run_within(script, input, MEMORY, began + TIME);
    ended.map_err(|why| {
        let why: String = why.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect();
        if began.elapsed() >= TIME { format!("it takes longer than {} s", TIME.as_secs()) } else { why }
    })
}

fn run_within(script: &str, input: &str, memory: usize, deadline: Instant) -> Result<String, String> {
    let told = |error: rquickjs::Error| error.to_string();
    let runtime = Runtime::new().map_err(told)?;
    runtime.set_memory_limit(memory);
    runtime.set_max_stack_size(STACK);
    runtime.set_interrupt_handler(Some(Box::new(move || Instant::now() >= deadline)));
    let context = Context::custom::<Intrinsics>(&runtime).map_err(told)?;
    context.with(|ctx: Ctx<'_>| {
        ctx.eval::<(), _>("delete Math.random").map_err(told)?;
        ctx.eval::<(), _>(script).catch(&ctx).map_err(|error| said(&error))?;
        let make: Function<'_> = ctx.globals().get("make").catch(&ctx).map_err(|error| said(&error))?;
        make.call::<_, String>((input,)).catch(&ctx).map_err(|error| said(&error))
    })
}

/// What an exception says, without where it comes from: whoever reads it has not written the script.
fn said(error: &CaughtError<'_>) -> String {
    match error {
        CaughtError::Exception(exception) => exception.message().unwrap_or_else(|| "it fails".to_owned()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_gives_what_it_makes_of_a_text() {
        let script = "globalThis.make = (text) => JSON.stringify({ ...JSON.parse(text), more: 'ü€😀' })";
        assert_eq!(run(script, r#"{"a":"\"`</script>"}"#).unwrap(), r#"{"a":"\"`</script>","more":"ü€😀"}"#);
    }

    #[test]
    fn a_script_has_nothing_but_what_it_is_given() {
        let names = "['require', 'process', 'fetch', 'setTimeout', 'std', 'os', 'Date', 'console', 'print']";
        let script =
            format!("globalThis.make = () => {names}.filter((name) => typeof globalThis[name] !== 'undefined').join()");
        assert_eq!(run(&script, "").unwrap(), "");
    }

    #[test]
    fn what_goes_wrong_is_told_in_one_line() {
        let told = |body: &str| run(&format!("globalThis.make = (text) => {{ {body} }}"), "{}").unwrap_err();
        assert_eq!(told("throw new Error('no\\nicon')"), "no icon");
        assert!(told("return 7").contains("string"));
        assert!(told("const f = () => f() + 1; return f()").contains("stack"));
        assert!(!run("nonsense(", "").unwrap_err().is_empty());
        assert!(!told("throw null").is_empty());
    }

    #[test]
    fn neither_memory_nor_time_are_without_end() {
        let endless = "globalThis.make = () => { for (;;); }";
        assert!(run_within(endless, "", MEMORY, Instant::now() + Duration::from_millis(50)).is_err());
        let greedy = "globalThis.make = () => { const all = []; for (;;) all.push('x'.repeat(1 << 16) + all.length); }";
        assert!(run_within(greedy, "", 8 << 20, Instant::now() + TIME).is_err());
    }
}
