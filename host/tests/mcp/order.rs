//! Calls on one order.

use crate::agent::Agent;
use crate::support::*;

#[test]
fn calls_on_one_order_never_overlap_and_keep_the_order_in_which_they_were_asked_for() {
    let sandbox = sandbox();
    let mut agent = Agent::start(&sandbox, &["--waiting", "300"]);
    let requests: Vec<_> = (1..=200).map(|date| agent.request("tools/call", &calling(&paid("100000", date)))).collect();
    // All at once, so that the server reads many before it has done one.
    agent.write(&requests.iter().map(|(_, line)| line.as_str()).collect::<String>());
    for (id, _) in requests {
        output(&agent.answer(id)["result"]);
    }
    let date = |body: &str| body.split("date=").nth(1).unwrap().split('&').next().unwrap().parse::<u32>().unwrap();
    let dates: Vec<_> = sandbox.requests().iter().map(|request| date(&request.body)).collect();
    assert_eq!(dates.len(), 200);
    assert!(dates.is_sorted(), "{dates:?}");
    assert_eq!(sandbox.order("100000").unwrap().most_at_once, 1);
}
