use std::time::Duration;

use plugin_host_core::json;
use tempfile::TempDir;
use tokio::time::timeout;

use super::*;

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("events.sqlite")).unwrap();
    (folder, store)
}

/// The same file, opened by the next process.
fn opened_again(folder: &TempDir, store: Store) -> Store {
    drop(store);
    Store::open(&folder.path().join("events.sqlite")).unwrap()
}

fn source(account: &str) -> Source {
    let [account, plugin, connection, trigger] = [account, "shop", "berlin", "paid"].map(str::to_owned);
    Source { account, plugin, connection, trigger }
}

fn event(id: &str, subject: Option<&str>, data: &str) -> Event {
    let subject = subject.map(|subject| format!(r#""subject":"{subject}","#)).unwrap_or_default();
    read_event(format!(r#"{{"id":"{id}",{subject}"data":{data}}}"#)).unwrap()
}

fn events(ids: &[&str]) -> Vec<Event> {
    ids.iter().map(|id| event(id, None, "{}")).collect()
}

fn input() -> [u8; 32] {
    Moved::hash(&json::object(b"{}").unwrap())
}

async fn ids(store: &Store, stage: Stage) -> Vec<String> {
    store.due(stage, 100).await.unwrap().into_iter().map(|due| due.event.id).collect()
}

async fn deliver_all(store: &Store) -> Vec<String> {
    let mut delivered = Vec::new();
    loop {
        let due = store.due(Stage::Deliver, 100).await.unwrap();
        if due.is_empty() {
            return delivered;
        }
        for Queued { seq, event, .. } in due {
            store.delivered(seq).await.unwrap();
            delivered.push(event.id);
        }
    }
}

#[tokio::test]
async fn an_event_is_handed_on_once_however_often_and_by_whom_it_is_told() {
    let (folder, store) = store();
    let (a, b) = (source("a"), source("b"));
    assert_eq!(store.take_in(&a, events(&["1", "2", "1"]), false, None).await, Ok(2));
    let renamed = Source { connection: "hamburg".into(), trigger: "other".into(), ..a.clone() };
    assert_eq!(store.take_in(&renamed, events(&["2", "3"]), false, None).await, Ok(1));
    assert_eq!(store.take_in(&b, events(&["1"]), false, None).await, Ok(1), "another account's is another");
    assert_eq!(deliver_all(&store).await, ["1", "2", "3", "1"]);
    assert_eq!(store.take_in(&a, events(&["1"]), false, None).await, Ok(0));
    let store = opened_again(&folder, store);
    assert_eq!(store.take_in(&a, events(&["3", "2"]), false, None).await, Ok(0));
    assert_eq!(store.depth().await, Ok(Depth::default()));
}

#[tokio::test]
async fn what_is_taken_is_given_once_and_again_to_the_next_process() {
    let (folder, store) = store();
    let data = r#"{"sum":1.50,"n":12345678901234567890}"#;
    store.take_in(&source("a"), vec![event("1", Some("7"), data)], false, None).await.unwrap();
    let taken = store.due(Stage::Deliver, 8).await.unwrap().remove(0);
    assert_eq!((taken.event.data.get(), taken.event.subject.as_deref()), (data, Some("7")));
    assert_eq!((taken.source, taken.attempts), (source("a"), 0));
    assert!(ids(&store, Stage::Deliver).await.is_empty());
    store.give_back(taken.seq).await.unwrap();
    assert_eq!(ids(&store, Stage::Deliver).await, ["1"]);
    let store = opened_again(&folder, store);
    assert_eq!(ids(&store, Stage::Deliver).await, ["1"]);
}

#[tokio::test]
async fn the_order_of_a_subject_is_kept_and_others_do_not_wait_for_it() {
    let (_folder, store) = store();
    let told = vec![
        event("a1", Some("7"), "{}"),
        event("a2", Some("007"), "{}"),
        event("b1", Some("8"), "{}"),
        event("c", None, "{}"),
        event("a3", Some("7.0"), "{}"),
    ];
    store.take_in(&source("a"), told, false, None).await.unwrap();
    let first = store.due(Stage::Deliver, 100).await.unwrap();
    assert_eq!(first.iter().map(|due| due.event.id.as_str()).collect::<Vec<_>>(), ["a1", "b1", "c"]);
    assert!(ids(&store, Stage::Deliver).await.is_empty());
    store.failed(first[0].seq, "no answer", Duration::from_secs(3600)).await.unwrap();
    assert!(ids(&store, Stage::Deliver).await.is_empty(), "the next of the subject waits");
    store.dead(first[0].seq, "gone").await.unwrap();
    assert_eq!(ids(&store, Stage::Deliver).await, ["a2"]);
}

#[tokio::test]
async fn an_account_takes_no_more_than_its_places() {
    let (_folder, store) = store();
    for account in ["a", "b"] {
        store.take_in(&source(account), events(&["1", "2", "3"]), false, None).await.unwrap();
    }
    let accounts = |due: Vec<Queued>| due.into_iter().map(|due| due.source.account).collect::<Vec<_>>();
    let first = store.due(Stage::Deliver, 2).await.unwrap();
    assert_eq!(accounts(first.clone()), ["a", "a", "b", "b"]);
    assert!(store.due(Stage::Deliver, 2).await.unwrap().is_empty());
    store.delivered(first[3].seq).await.unwrap();
    assert_eq!(accounts(store.due(Stage::Deliver, 2).await.unwrap()), ["b"]);
    store.take_in(&source("a"), events(&["4"]), true, None).await.unwrap();
    assert_eq!(ids(&store, Stage::Confirm).await, ["4"], "a receiver that hangs stops no looking up");
}

#[tokio::test]
async fn an_event_counts_as_seen_once_it_is_sure_so_that_a_forged_one_hides_no_real_one() {
    let (_folder, store) = store();
    let (forged, real) = (event("paid:1", Some("1"), r#"{"sum":1}"#), event("paid:1", Some("1"), r#"{"sum":2}"#));
    let take_in = async |event: &Event| store.take_in(&source("a"), vec![event.clone()], true, None).await.unwrap();
    assert_eq!((take_in(&forged).await, take_in(&real).await), (1, 1));
    assert_eq!((take_in(&forged).await, take_in(&real).await), (0, 0), "the same waits already");
    let first = store.due(Stage::Confirm, 8).await.unwrap().remove(0);
    assert_eq!(first.event.data.get(), r#"{"sum":1}"#);
    store.refuted(first.seq).await.unwrap();
    let second = store.due(Stage::Confirm, 8).await.unwrap().remove(0);
    assert_eq!(store.confirmed(second.seq).await, Ok(true));
    assert_eq!(take_in(&real).await, 0);
    let delivered = store.due(Stage::Deliver, 8).await.unwrap().remove(0);
    assert_eq!(delivered.event.data.get(), r#"{"sum":2}"#);
    store.delivered(delivered.seq).await.unwrap();
    assert_eq!((take_in(&real).await, take_in(&forged).await), (0, 0));
}

#[tokio::test]
async fn of_two_that_are_confirmed_under_one_id_the_first_is_handed_on() {
    let (_folder, store) = store();
    store.take_in(&source("a"), vec![event("1", None, "{}")], true, None).await.unwrap();
    store.take_in(&source("a"), vec![event("1", None, r#"{"by":"poll"}"#)], false, None).await.unwrap();
    let waiting = store.due(Stage::Confirm, 8).await.unwrap().remove(0);
    assert_eq!(store.confirmed(waiting.seq).await, Ok(false));
    assert_eq!(deliver_all(&store).await, ["1"]);
    assert_eq!(store.depth().await, Ok(Depth::default()));
}

#[tokio::test]
async fn a_cursor_moves_with_its_events_and_another_input_has_one_of_its_own() {
    let (folder, store) = store();
    let a = source("a");
    assert_eq!(store.cursor(&a, input()).await, Ok(None));
    for cursor in ["c", "d"] {
        let moved = Moved { input: input(), cursor: cursor.into() };
        store.take_in(&a, events(&["1"]), false, Some(moved)).await.unwrap();
    }
    let store = opened_again(&folder, store);
    assert_eq!(store.cursor(&a, input()).await, Ok(Some("d".to_owned())));
    let other = Moved::hash(&json::object(br#"{"customer":"7"}"#).unwrap());
    assert_eq!(store.cursor(&a, other).await, Ok(None));
    let written = |text: &[u8]| Moved::hash(&json::object(text).unwrap());
    assert_eq!(written(br#"{"a":1,"b":2}"#), written(br#"{ "b": 2.0, "a": 1 }"#));
}

#[tokio::test]
async fn what_failed_is_due_again_after_its_wait_and_what_was_given_up_if_somebody_says_so() {
    let (folder, store) = store();
    store.take_in(&source("a"), events(&["1"]), false, None).await.unwrap();
    let taken = store.due(Stage::Deliver, 8).await.unwrap().remove(0);
    store.failed(taken.seq, "no answer", Duration::from_millis(40)).await.unwrap();
    let again = timeout(Duration::from_secs(10), store.next(Stage::Deliver, 8)).await.unwrap().unwrap().remove(0);
    assert_eq!((again.seq, again.attempts), (taken.seq, 1));
    store.dead(again.seq, "410 Gone").await.unwrap();
    let store = opened_again(&folder, store);
    assert!(ids(&store, Stage::Deliver).await.is_empty());
    let letter = store.dead_letters(0, 10).await.unwrap().remove(0);
    assert_eq!((letter.error.as_str(), letter.attempts, letter.confirmed), ("410 Gone", 2, true));
    assert!(store.dead_letters(letter.seq, 10).await.unwrap().is_empty());
    assert_eq!(store.depth().await, Ok(Depth { dead: 1, ..Depth::default() }));
    assert_eq!(store.send_again(Some(letter.seq + 1)).await, Ok(0));
    assert_eq!(store.send_again(None).await, Ok(1));
    let again = store.due(Stage::Deliver, 8).await.unwrap().remove(0);
    assert_eq!(again.attempts, 0);
    store.dead(again.seq, "410 Gone").await.unwrap();
    assert_eq!(store.drop_dead(Some(letter.seq)).await, Ok(1));
    assert_eq!(store.take_in(&source("a"), events(&["1"]), false, None).await, Ok(0), "it has been seen");
}

#[tokio::test]
async fn whoever_waits_for_the_next_event_is_woken_by_it() {
    let (_folder, store) = store();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.next(Stage::Deliver, 8).await }
    });
    tokio::task::yield_now().await;
    store.take_in(&source("a"), events(&["1"]), false, None).await.unwrap();
    let next = timeout(Duration::from_secs(10), waiting).await.unwrap().unwrap().unwrap();
    assert_eq!(next[0].event.id, "1");
}

#[tokio::test]
async fn the_key_of_addresses_stays_the_same() {
    let (folder, store) = store();
    let secret = store.secret().await.unwrap();
    assert_ne!(secret, [0; 32]);
    assert_eq!(opened_again(&folder, store).secret().await, Ok(secret));
}

#[test]
fn a_file_of_another_process_or_kind_or_one_that_is_damaged_is_refused_with_what_to_do() {
    let (folder, store) = store();
    let path = folder.path().join("events.sqlite");
    assert!(Store::open(&path).err().unwrap().contains("another process has it open"));
    store.state.lock().execute_batch("pragma user_version = 2").unwrap();
    drop(store);
    assert!(Store::open(&path).err().unwrap().contains("another version"));

    let path = folder.path().join("damaged.sqlite");
    drop(Store::open(&path).unwrap());
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let refusal = Store::open(&path).err().unwrap();
    assert!(refusal.contains("--state FILE"), "{refusal}");
    assert_eq!(refusal.lines().count(), 1);
}

#[test]
fn what_was_seen_long_ago_is_forgotten_and_what_is_told_again_is_remembered_anew() {
    let (_folder, store) = store();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let aged = |days: i64| {
        let sql = format!("update seen set at = at - {}", days * 86_400);
        store.state.lock().execute_batch(&sql).unwrap();
    };
    let told = |id: &str| runtime.block_on(store.take_in(&source("a"), events(&[id]), false, None)).unwrap();
    assert_eq!(told("1"), 1);
    aged(40);
    assert_eq!(told("1"), 0);
    aged(40);
    assert_eq!((told("2"), told("1")), (1, 0), "it was told forty days ago");
    aged(46);
    assert_eq!((told("3"), told("1")), (1, 1));
}
