//! Every contender makes its calls rightly, and every measurement can be taken. Nothing here looks at
//! how long anything takes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use benches::contender::{self, Contender};
use benches::measure::{self, Figures, Part};
use benches::plan::{Plan, Rounds, Tenancy, Tenants};
use benches::process::{Running, Served};
use benches::programs::Programs;
use benches::report;
use benches::sample;
use benches::server::Server;
use benches::service::Service;
use clap::ValueEnum;
use justclick_sandbox::{Order, Sandbox};

const ROUND: Duration = Duration::from_millis(30);

const WITH_TLS: [Contender; 5] =
    [Contender::Native, Contender::Transport, Contender::Host, Contender::Queue, Contender::Stock];

const WITHOUT: [Contender; 2] = [Contender::Socket, Contender::Asynchronous];

/// Processes of their own, which are asked by a client that is none of them.
const ASKED: [Contender; 5] =
    [Contender::Proxy, Contender::Serve, Contender::Keyed, Contender::Mcp, Contender::Restate];

fn in_rust() -> impl Iterator<Item = Contender> {
    WITH_TLS.into_iter().chain(WITHOUT)
}

/// All programs; `cargo test --workspace` builds the command as well.
fn programs() -> Programs {
    Programs::find(PathBuf::from(env!("CARGO_BIN_EXE_benches"))).unwrap()
}

/// A sandbox with the sample order, and those that the queue's calls are about.
fn sandbox() -> Sandbox {
    let orders = [sample::ORDER.bill_id, "1", "2"].map(Order::new);
    orders.into_iter().fold(Sandbox::builder(), justclick_sandbox::Builder::order).start().unwrap()
}

#[test]
fn every_contender_signs_as_the_service_wants_it() {
    for contender in in_rust().chain(ASKED) {
        let sandbox = sandbox();
        let service = Service::plain(sandbox.base_url());
        let mut ready = contender::ready(contender, &service, &programs(), 2).unwrap();
        let round = ready.round(ROUND).unwrap();
        assert!(round.calls >= 2, "{contender:?}: {round:?}");
        assert!(round.p50_us > 0.0 && round.p99_us >= round.p50_us, "{contender:?}: {round:?}");
        assert_eq!(sandbox.request_count(), round.calls, "{contender:?}");
        assert!(sandbox.requests().iter().all(|request| request.signature_ok), "{contender:?}");
        let by_task = contender == Contender::Queue || ASKED.contains(&contender);
        let changed = if by_task { "1" } else { sample::ORDER.bill_id };
        assert_eq!(sandbox.order(changed).unwrap().status, sample::ORDER.status, "{contender:?}");
    }
}

/// As little as can be measured.
fn glance() -> Plan {
    let rounds = Rounds { starts: 2, rounds: 1, length: ROUND };
    Plan {
        usual: rounds.clone(),
        slow: rounds.clone(),
        crowd: 4,
        throng: 8,
        first_starts: 1,
        starts: 1,
        instances: 2,
        many: Tenancy { plugins: 2, connections: 3 },
        growth: rounds,
        rows: vec![3, 9],
        batch_in_flight: (4, 2),
        tenants: Tenants { plugins: 2, connections: vec![4, 6], length: ROUND, rest: Some(ROUND) },
    }
}

#[test]
fn a_run_measures_everyone_at_everything_and_can_be_shown() {
    let of = |parts: &[Part], before| measure::these(parts, before, &programs(), &glance(), |_| Ok(())).unwrap();
    let figures = of(Part::value_variants(), Figures::none());
    let repeated = of(&[Part::Plugin], figures.clone());
    assert_eq!((&repeated.loads, &repeated.module), (&figures.loads, &figures.module));
    assert!(!Figures { date: "2001-02-03T00:00:00Z".to_owned(), ..repeated.clone() }.are_of_this_machine_and_day());
    assert_ne!(repeated.instances, figures.instances);
    for tls in [false, true] {
        for in_flight in [1, 8, 64] {
            let is_async = |contender| matches!(contender, Contender::Queue | Contender::Asynchronous);
            let measured = |contender: &Contender| {
                (in_flight > 1 || !is_async(*contender)) && !(tls && WITHOUT.contains(contender))
            };
            for contender in in_rust().filter(measured) {
                let of =
                    |load: &&measure::Load| (load.contender, load.tls, load.in_flight) == (contender, tls, in_flight);
                let load = figures.loads.iter().find(of);
                assert!(load.is_some_and(|load| load.calls_per_s > 0.0), "{contender:?} {tls} {in_flight}: {load:?}");
            }
        }
    }
    assert_eq!(figures.crowd.len(), 7);
    let many = figures.many.as_ref().unwrap();
    assert_eq!((many.plugins, many.connections), (2, 3));
    assert!(many.first_mb > 1.0 && many.mb > 1.0, "{many:?}");
    assert_eq!((figures.growth.len(), figures.servers.len(), figures.faces.len()), (6, 9, 6));
    for load in figures.servers.iter().chain(&figures.faces) {
        assert!(load.calls_per_s > 0.0 && load.peak_mb.is_some_and(|mb| mb > 1.0), "{load:?}");
    }
    assert!(figures.syncs_per_s.is_some_and(|syncs| syncs > 0.0));
    let rows: Vec<_> = figures.batches.iter().map(|batch| (batch.slow, batch.rows)).collect();
    assert_eq!(rows, [(true, 3), (true, 9), (false, 3), (false, 9)]);
    assert!(figures.batches.iter().all(|batch| batch.rows_per_s > 0.0 && batch.peak_mb.is_some()));
    assert_eq!(figures.tenants.iter().map(|it| it.connections).collect::<Vec<_>>(), [4, 6]);
    for it in &figures.tenants {
        assert!(it.busy_per_s > 0.0 && it.calls_per_s > 0.0, "{it:?}");
        assert!(it.listening_mb.is_some() && it.called_mb.is_some() && it.rested_mb.is_some(), "{it:?}");
    }
    assert!(figures.starts.iter().all(|start| start.ms > 0.0) && figures.starts.len() >= 2);
    let has_php = contender::php_is_missing().is_none();
    assert_eq!(
        figures.loads.iter().filter(|load| load.contender == Contender::Php).count(),
        if has_php { 2 } else { 0 }
    );
    assert_eq!(figures.missing.is_empty(), has_php);
    // All aims are measured, whatever is found.
    assert_eq!(report::targets(&figures).len(), 29);
    let again: Figures = serde_json::from_str(&serde_json::to_string(&figures).unwrap()).unwrap();
    assert_eq!(again.loads.len(), figures.loads.len());
    for (path, text) in report::files(&figures).unwrap() {
        assert!(text.contains("plugin-host") || text.contains("\"host\""), "{}", path.display());
    }
}

#[test]
fn a_redirect_leads_the_stock_host_away_and_not_this_one() {
    for redirect in measure::redirects(&programs()).unwrap() {
        let led_away = redirect.contender == Contender::Stock;
        assert_eq!((redirect.followed, redirect.believed), (led_away, led_away), "{redirect:?}");
    }
}

#[test]
fn a_contender_that_can_not_do_its_work_is_not_measured() {
    let nobody = Server::start(None, "http://localhost:1").unwrap();
    let service = Service::plain(nobody.origin("127.0.0.1")).at("redirect");
    for contender in in_rust().chain(ASKED) {
        let mut running = Running::start(&programs(), contender, &service, 1).unwrap();
        assert!(running.round(ROUND).is_err(), "{contender:?}");
    }
}

#[test]
fn tls_is_verified_by_all_but_the_php_sample() {
    let served = Served::start(&programs()).unwrap();
    let stranger = benches::tls::Certificates::make().unwrap();
    let service = Service { authority: Some(stranger.authority()), ..served.tls() };
    for contender in WITH_TLS {
        let mut ready = contender::ready(contender, &served.tls(), &programs(), 1).unwrap();
        assert!(ready.round(ROUND).is_ok(), "{contender:?}");
        let mut ready = contender::ready(contender, &service, &programs(), 1).unwrap();
        assert!(ready.round(ROUND).is_err(), "{contender:?}");
    }
}

#[test]
fn what_is_shown_is_what_was_measured_last() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &Path| std::fs::read_to_string(project.join(path)).unwrap();
    let figures = report::last(project).unwrap();
    let mend = "to show the last figures again: cargo xtask bench --show";
    for (path, text) in report::files(&figures).unwrap() {
        assert_eq!(read(&path), text, "{}: {mend}", path.display());
    }
    let page = read(Path::new(report::PAGE));
    assert_eq!(report::with_summary(&page, &figures).unwrap(), page, "{mend}");
}
