//! Restate's trace goes on to the service's answer.

use crate::common::collector::{Collector, PARENT, TRACE, only, path};
use crate::protocol::invoke;
use crate::{CANCEL, HANDLER, KEY, begin, command, sandbox};

#[tokio::test]
async fn an_invocation_and_all_that_comes_of_it_is_in_the_trace_that_restate_names() {
    let (sandbox, collector) = (sandbox(None), Collector::start());
    let mut command = command(&sandbox, &[]);
    collector.of(&mut command);
    let host = begin(command);
    invoke(&host.address, HANDLER, KEY, CANCEL).await;
    let invoked = "restate /invoke/justclick/update_order_status";
    let spans = collector.spans(&[invoked]);
    let request = only(&spans, "POST");
    assert_eq!(path(&spans, request), ["POST", "attempt", "call update_order_status", invoked, PARENT]);
    assert_eq!(request.trace, TRACE);
}
