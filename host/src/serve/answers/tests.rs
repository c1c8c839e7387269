use super::*;

const KEY: Key = Key { key: [1; 32], request: [2; 32], account: [4; 32], connection: [0; 2], repeatable: true };
/// The same for an action that must not be made twice.
const ONCE: Key = Key { repeatable: false, ..KEY };

fn answers() -> (tempfile::TempDir, Answers) {
    let folder = tempfile::tempdir().unwrap();
    let answers = Answers::open(&folder.path().join("new/answers.sqlite")).unwrap();
    (folder, answers)
}

async fn claimed(answers: &Answers, key: Key) -> Claimed {
    match answers.claim(key).await.unwrap() {
        Claim::New(claimed) => {
            claimed.begin().await.unwrap();
            claimed
        }
        _ => panic!("the key is not free"),
    }
}

async fn answered(answers: &Answers, key: Key) -> Option<Answer> {
    match answers.claim(key).await.unwrap() {
        Claim::Answered(answer) => Some(answer),
        _ => None,
    }
}

fn answer(status: u16) -> Answer {
    Answer { status, body: format!("answered with {status}") }
}

#[tokio::test]
async fn a_kept_answer_is_given_for_the_same_request_alone() {
    for key in [KEY, ONCE] {
        let (_folder, answers) = answers();
        claimed(&answers, key).await.keep(answer(200)).await.unwrap();
        for _ in 0..2 {
            assert_eq!(answered(&answers, key).await, Some(answer(200)));
        }
        let other = Key { request: [3; 32], ..key };
        assert!(matches!(answers.claim(other).await.unwrap(), Claim::OtherRequest));
        drop(claimed(&answers, Key { key: [3; 32], ..key }).await);
    }
}

#[tokio::test]
async fn one_call_at_a_time_is_made_for_a_key_and_the_next_if_its_answer_is_not_kept() {
    for key in [KEY, ONCE] {
        let (_folder, answers) = answers();
        let first = claimed(&answers, key).await;
        assert!(matches!(answers.claim(key).await.unwrap(), Claim::UnderWay));
        let other = Key { request: [3; 32], ..key };
        assert!(matches!(answers.claim(other).await.unwrap(), Claim::OtherRequest));
        first.release().await.unwrap();
        claimed(&answers, key).await.release().await.unwrap();
        assert!(lock(&answers.under_way).is_empty());
    }
}

#[tokio::test]
async fn what_a_process_left_in_the_middle_is_made_again_only_if_it_may_be() {
    let (folder, answers) = answers();
    drop(claimed(&answers, ONCE).await);
    drop(claimed(&answers, Key { key: [3; 32], ..KEY }).await);
    drop(answers);
    let answers = Answers::open(&folder.path().join("new/answers.sqlite")).unwrap();
    for _ in 0..2 {
        assert!(matches!(answers.claim(ONCE).await.unwrap(), Claim::Interrupted(_)));
    }
    assert!(matches!(answers.claim(Key { request: [3; 32], ..ONCE }).await.unwrap(), Claim::OtherRequest));
    drop(claimed(&answers, Key { key: [3; 32], ..KEY }).await);
}

#[tokio::test]
async fn a_failure_is_not_given_again_once_the_connection_is_another_unless_it_must_not_be_repeated() {
    let changed = |key: Key| Key { connection: [9; 2], ..key };
    for (key, status, again) in [(KEY, 502, false), (KEY, 200, true), (ONCE, 502, true), (ONCE, 200, true)] {
        let (_folder, answers) = answers();
        claimed(&answers, key).await.keep(answer(status)).await.unwrap();
        assert!(answered(&answers, key).await.is_some());
        assert_eq!(answered(&answers, changed(key)).await.is_some(), again, "{status} {}", key.repeatable);
    }
}

#[tokio::test]
async fn an_answer_of_another_account_is_not_given_and_a_failure_there_keeps_no_key() {
    let elsewhere = |key: Key| Key { account: [9; 32], connection: [9; 2], ..key };
    for (key, status, free) in [(KEY, 502, true), (KEY, 200, false), (ONCE, 502, false), (ONCE, 200, false)] {
        let (_folder, answers) = answers();
        claimed(&answers, key).await.keep(answer(status)).await.unwrap();
        let found = answers.claim(elsewhere(key)).await.unwrap();
        assert_eq!(matches!(found, Claim::New(_)), free, "{status} {}", key.repeatable);
        assert_eq!(matches!(found, Claim::OtherRequest), !free, "{status} {}", key.repeatable);
    }
}

#[tokio::test]
async fn answers_outlive_the_process_for_a_day() {
    let (folder, answers) = answers();
    claimed(&answers, KEY).await.keep(answer(200)).await.unwrap();
    drop(answers);
    let answers = Answers::open(&folder.path().join("new/answers.sqlite")).unwrap();
    assert!(answered(&answers, KEY).await.is_some());
    let age = |file: &mut Connection| file.execute("update answers set expires = expires - 86400", []);
    answers.file.with(age).await.unwrap();
    claimed(&answers, KEY).await.keep(answer(201)).await.unwrap();
    assert_eq!(answered(&answers, KEY).await, Some(answer(201)));
}

#[tokio::test]
async fn old_answers_are_forgotten_when_new_ones_come() {
    let (_folder, answers) = answers();
    claimed(&answers, KEY).await.keep(answer(200)).await.unwrap();
    answers.file.with(|file| file.execute("update answers set expires = 1", [])).await.unwrap();
    claimed(&answers, Key { key: [3; 32], ..KEY }).await.keep(answer(200)).await.unwrap();
    let count = |file: &mut Connection| file.query_row("select count(*) from answers", [], |row| row.get(0));
    assert_eq!(answers.file.with::<i64>(count).await.unwrap(), 1);
}

#[test]
fn a_file_that_another_process_has_or_made_otherwise_is_refused_with_what_to_do() {
    let (folder, answers) = answers();
    let path = folder.path().join("new/answers.sqlite");
    assert!(Answers::open(&path).err().unwrap().contains("another process has it open"));
    answers.file.lock().execute_batch("pragma user_version = 3").unwrap();
    drop(answers);
    assert!(Answers::open(&path).err().unwrap().contains("another version"));
}

#[test]
fn whatever_is_wrong_with_a_place_is_told_on_one_line_that_names_the_option() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "not a database, but long enough to be taken for one".repeat(20)).unwrap();
    let below_a_file = text.join("below");
    for (path, why) in [
        (folder.path(), "a folder"),
        ("/dev/null".as_ref(), "no file"),
        (&text, "not a database"),
        (&below_a_file, ""),
        ("/proc/plugin-host/x".as_ref(), ""),
    ] {
        let refusal = Answers::open(path).err().unwrap();
        assert!(refusal.contains("--state FILE") && refusal.contains(why), "{refusal}");
        assert_eq!(refusal.lines().count(), 1, "{refusal}");
    }
}

#[test]
fn a_name_that_means_something_to_sqlite_is_a_file_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    for name in [":memory:", "file:x?mode=memory"] {
        let path = folder.path().join(name);
        let _answers = Answers::open(&path).unwrap();
        assert!(path.metadata().unwrap().len() > 0, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _answers) = answers();
    assert_eq!(folder.path().join("new").metadata().unwrap().permissions().mode() & 0o077, 0);
    for file in std::fs::read_dir(folder.path().join("new")).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o077, 0);
    }
}
