//! The host's functions, called by a hostile module in any order with any arguments: the process survives, a
//! call ends with a result or one line, and blocks of memory are what a model of them says. No block lies in
//! another, none is handed out with what stood in it before, and nothing is read or written outside.

mod model;
mod module;
mod program;

use std::sync::{Arc, LazyLock};

use plugin_host_core::Connection;
use plugin_host_core::engine::{CALL_TIME, Context, Exchange, Outcome};
use plugin_host_core::http::{Client, Limits, Proxies, Response, Roots};
use plugin_host_core::redact::Redactor;

use crate::memory;
use crate::seeds::Seeds;
use crate::target::Target;
use crate::told::{SECRET, one_line};
use model::{ANSWER, Model};
use program::Program;

pub const TARGET: Target = Target { name: "functions", seeds, run };

/// What a call's blocks may take, and an instance beside.
const MOST: usize = (64 << 20) + (48 << 20);

static MODULE: LazyLock<plugin_host_core::engine::Module> = LazyLock::new(module::compiled);

fn seeds(seeds: &mut Seeds) {
    program::samples().into_iter().for_each(|sample| seeds.add(sample));
}

fn run(data: &[u8]) {
    let program = Program::of(data);
    let input = program.text();
    let mut instance = MODULE.instance(CALL_TIME).expect("a small instance");
    let (outcome, exchange) = memory::at_most(MOST, || instance.call("run", &input, exchange()));
    let (outcome, sent) = match outcome {
        Outcome::Trap(why) => return one_line(&why),
        other => (other, exchange.sent),
    };
    let Outcome::Output(registers) = instance.call("registers", "", self::exchange()).0 else {
        panic!("the registers can't be read")
    };
    let mut model = Model::new(input.as_bytes());
    for (place, call) in program.calls.iter().enumerate() {
        model.call(place, call, program::register(&registers, place));
    }
    assert_eq!(sent, model.sent);
    match outcome {
        Outcome::Output(text) => assert_eq!(Ok(text), model.ended()),
        Outcome::Error(text) => assert_eq!(Err(text), model.ended()),
        Outcome::Trap(_) => unreachable!("it is told above"),
    }
}

fn exchange() -> Exchange {
    static CONTEXT: LazyLock<Arc<Context>> = LazyLock::new(|| {
        Arc::new(Context {
            connection: Connection::new([("key", SECRET)]),
            redactor: Redactor::of([SECRET]),
            ..Context::default()
        })
    });
    static CLIENT: LazyLock<Client> =
        LazyLock::new(|| Client::new(Limits::default(), Vec::new(), Roots::default(), Proxies::default()));
    let mut exchange = Exchange::new(CONTEXT.clone(), CLIENT.clone());
    exchange.answers =
        Some(Box::new(|_| Ok(Response::of(200, [("a".to_owned(), "b".to_owned())].into(), ANSWER.to_vec()))));
    exchange
}
