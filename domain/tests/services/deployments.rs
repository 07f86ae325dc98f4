use std::time::Duration;

use stackyard_domain::deployments::{
    self, Appended, DeploymentFilter, NewDeployment, append_log, create, find_in_log, get_for_run,
    list_for_run, log_lines, page, raw_log, raw_log_for_run, update,
};
use stackyard_domain::instances::{self, InstanceInput, InventoryUpload, ReportInput};
use stackyard_domain::locks::{self, TakeRequest};
use stackyard_domain::uploads::NamedRepository;
use stackyard_domain::{Ctx, Error, jobs};
use stackyard_model::activity::{Outcome, What};
use stackyard_model::deployment::{Deployment, DeploymentSource, DeploymentStatus};
use stackyard_model::{PermissionKind, Ts};

use crate::scene::Scene;

const KINDS: [PermissionKind; 4] = [
    PermissionKind::DeploymentsCreate,
    PermissionKind::InstancesCreate,
    PermissionKind::InstancesUpdate,
    PermissionKind::LocksCreate,
];

/// With an inventory.
async fn scene() -> Scene {
    let scene = Scene::new(&KINDS).await;
    let instance = |component: &str| InstanceInput {
        stack: "dev".to_owned(),
        component: component.to_owned(),
        component_type: "terraform".to_owned(),
        pro: Some(serde_json::json!({"enabled": true})),
    };
    let names = ["vpc", "eks/cluster", "eks/addons", "gke/addons"];
    let input = InventoryUpload {
        repository: NamedRepository::default(),
        instances: names.into_iter().map(instance).collect(),
        batch: None,
    };
    instances::upload(&scene.run(1), input).await.unwrap();
    scene
}

fn of(component: &str) -> NewDeployment {
    NewDeployment { stack: "dev".to_owned(), component: component.to_owned(), ..NewDeployment::default() }
}

async fn begun(ctx: &Ctx) -> Deployment {
    create(ctx, of("vpc")).await.unwrap()
}

fn tag<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().tag()
}

async fn apply(scene: &Scene, run: u32, exit_code: i32, at: Ts) {
    let input = ReportInput {
        repository: NamedRepository::default(),
        stack: "dev".to_owned(),
        component: "cluster".to_owned(),
        command: Some(("apply".to_owned(), exit_code)),
        status: None,
        last_run: Some(at),
    };
    instances::report(&scene.run(run), input).await.unwrap();
}

async fn all(scene: &Scene, filter: &DeploymentFilter) -> Vec<Deployment> {
    page(&scene.operator(), &scene.here, filter, "", 500).await.unwrap().items
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_begins_with_what_the_run_says_and_ends_for_good() {
    let scene = scene().await;
    let run = scene.run(1);
    let new = NewDeployment { status: DeploymentStatus::Queued, ..of("cluster") };
    let queued = create(&run, new).await.unwrap();
    assert_eq!((queued.component.as_str(), queued.source), ("eks/cluster", DeploymentSource::Workflow));
    assert_eq!(
        (queued.environment.as_deref(), queued.commit.as_deref(), queued.branch.as_deref()),
        (Some("prod"), Some("4f5eefb"), Some("main"))
    );
    assert!(queued.started_at.is_none());
    let step = async |status, exit_code| update(&run, &queued.id, status, exit_code).await;
    for _ in 0..2 {
        assert!(step(DeploymentStatus::InProgress, None).await.unwrap().started_at.is_some());
    }
    assert_eq!(tag(step(DeploymentStatus::Queued, None).await), "DeploymentStarted");
    for _ in 0..2 {
        let ended = step(DeploymentStatus::Failure, Some(1)).await.unwrap();
        assert_eq!((ended.exit_code, ended.finished_at.is_some()), (Some(1), true));
    }
    for other in [DeploymentStatus::Success, DeploymentStatus::InProgress, DeploymentStatus::Queued] {
        assert_eq!(tag(step(other, None).await), "DeploymentFinished");
    }
    assert_eq!(scene.events(What::DeploymentCreated).await.len(), 1);
    assert_eq!(scene.events(What::DeploymentStarted).await.len(), 1);
    let finished = scene.events(What::DeploymentFinished).await;
    assert_eq!((finished.len(), finished[0].outcome), (1, Outcome::Failed));
    assert_eq!(finished[0].target_name, "dev/eks/cluster");
    assert_eq!(finished[0].details.changes[0].to, "failure");
    let given = NewDeployment {
        environment: Some("Staging".to_owned()),
        commit: Some("abc".to_owned()),
        title: Some("Bigger nodes".to_owned()),
        ..of("vpc")
    };
    let given = create(&scene.token(), given).await.unwrap();
    assert_eq!((given.environment.as_deref(), given.commit.as_deref()), (Some("Staging"), Some("abc")));
    assert!(given.started_at.is_some() && given.branch.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_target_is_found_as_that_of_a_report() {
    let scene = scene().await;
    let run = scene.run(1);
    assert_eq!(tag(create(&run, of("addons")).await), "AmbiguousInstance");
    assert_eq!(tag(create(&run, of("rds")).await), "InstanceNotFound");
    assert_eq!(tag(create(&run, NewDeployment { stack: String::new(), ..of("vpc") }).await), "BadDeployment");
    let ended = NewDeployment { status: DeploymentStatus::Success, ..of("vpc") };
    assert_eq!(tag(create(&run, ended).await), "BadDeployment");
    assert!(matches!(create(&scene.operator(), of("vpc")).await, Err(Error::Unauthenticated)));
    let none = Scene::new(&[PermissionKind::LocksCreate]).await;
    assert_eq!(tag(create(&none.run(1), of("vpc")).await), "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_the_same_deployment() {
    let scene = scene().await;
    let keyed = |key: &str| NewDeployment { idempotency_key: Some(key.to_owned()), ..of("vpc") };
    let (one, two) = (scene.run(1), scene.run(2));
    let (a, b, c) =
        tokio::join!(create(&one, keyed("k")), create(&one, keyed("k")), create(&two, keyed("k")));
    let ids = [a.unwrap().id, b.unwrap().id, c.unwrap().id];
    assert!(ids[0] == ids[1] && ids[0] != ids[2], "another run’s key is another: {ids:?}");
    assert_ne!(create(&one, keyed("other")).await.unwrap().id, ids[0]);
    assert_ne!(begun(&one).await.id, begun(&one).await.id);
    assert_eq!(scene.events(What::DeploymentCreated).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_run_that_recorded_it_goes_on_with_it() {
    let scene = scene().await;
    let mine = begun(&scene.run(1)).await;
    for other in [scene.run(2), scene.token()] {
        assert_eq!(tag(update(&other, &mine.id, DeploymentStatus::Success, None).await), "NotYourDeployment");
        assert_eq!(tag(append_log(&other, &mine.id, 0, b"x").await), "NotYourDeployment");
        assert_eq!(
            get_for_run(&other, &mine.id).await.unwrap(),
            mine,
            "every run of the repository may read it"
        );
    }
    assert!(scene.events(What::RequestDenied).await.len() >= 2);
    let unknown = "dep_0000000000000000000000000000".parse().unwrap();
    let run = scene.run(1);
    assert_eq!(tag(update(&run, &unknown, DeploymentStatus::Success, None).await), "DeploymentNotFound");
    assert_eq!(tag(append_log(&run, &unknown, 0, b"x").await), "DeploymentNotFound");
    assert_eq!(tag(get_for_run(&run, &unknown).await), "DeploymentNotFound");
    assert_eq!(tag(raw_log_for_run(&run, &unknown, 0).await), "DeploymentNotFound");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_grows_by_pieces_that_follow_each_other() {
    let scene = scene().await;
    let run = scene.run(1);
    let id = begun(&run).await.id;
    let add = async |offset: u64, bytes: &[u8]| append_log(&run, &id, offset, bytes).await;
    assert_eq!(add(0, b"one\ntw").await.unwrap(), Appended { size: 6 });
    assert_eq!(add(6, b"o\n").await.unwrap().size, 8);
    assert_eq!(add(8, b"").await.unwrap().size, 8);
    // The same again, whole pieces and parts of them.
    for (offset, bytes) in [(0, &b"one\ntw"[..]), (6, b"o\n"), (2, b"e\ntwo"), (8, b""), (3, b"")] {
        assert_eq!(add(offset, bytes).await.unwrap().size, 8, "{offset}");
    }
    for (offset, bytes) in [(9, &b"x"[..]), (6, b"x\n"), (6, b"o\nx"), (u64::MAX, b"x"), (0, b"two\ntw")] {
        let Err(Error::Conflict(conflict)) = add(offset, bytes).await else { panic!("{offset} was taken") };
        assert_eq!((conflict.tag, &conflict.context["expectedOffset"]), ("LogOffset", &serde_json::json!(8)));
        assert!(conflict.message.contains("`8`"), "{}", conflict.message);
    }
    assert_eq!(tag(add(8, &vec![b'x'; 64 * 1024 + 1]).await), "LogPieceTooLarge");
    assert_eq!(add(8, &vec![b'x'; 64 * 1024]).await.unwrap().size, 65_544);
    assert_eq!(add(8, &vec![b'x'; 64 * 1024]).await.unwrap().size, 65_544);
    assert_eq!(tag(add(8, &vec![b'y'; 64 * 1024]).await), "LogOffset");
    let row = deployments::get(&scene.operator(), &scene.here, &id).await.unwrap();
    assert_eq!((row.log_size, row.log_lines), (65_544, 3));
    update(&run, &id, DeploymentStatus::Success, Some(0)).await.unwrap();
    scene.clock.advance(Duration::from_secs(3599));
    assert_eq!(append_log(&scene.run(1), &id, 65_544, b"end\n").await.unwrap().size, 65_548);
    scene.clock.advance(Duration::from_secs(1));
    assert_eq!(tag(append_log(&scene.run(1), &id, 65_548, b"more").await), "LogClosed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_has_16_mib() {
    let scene = scene().await;
    let run = scene.run(1);
    let id = begun(&run).await.id;
    let piece = vec![b'x'; 64 * 1024];
    for n in 0..256 {
        append_log(&run, &id, n * 65_536, &piece).await.unwrap();
    }
    assert_eq!(tag(append_log(&run, &id, 16 * 1024 * 1024, b"x").await), "LogFull");
    let whole = log_lines(&scene.operator(), &scene.here, &id, 1, 10).await.unwrap();
    assert_eq!((whole.lines.len(), whole.lines[0].cut, whole.lines[0].text.len()), (1, true, 64 * 1024));
    let found = find_in_log(&scene.operator(), &scene.here, &id, "XX", 5).await.unwrap();
    assert_eq!(found.lines, [1]);
    let (mut offset, mut read) = (0, 0);
    loop {
        let some = raw_log_for_run(&run, &id, offset).await.unwrap();
        if some.bytes.is_empty() {
            break;
        }
        offset += u64::try_from(some.bytes.len()).unwrap();
        read += some.bytes.len();
    }
    assert_eq!(read, 16 * 1024 * 1024);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_a_long_log_is_read_without_the_rest() {
    let scene = scene().await;
    let run = scene.run(1);
    let ctx = scene.operator();
    let id = begun(&run).await.id;
    let mut log = String::new();
    for n in 1..=10_000 {
        log.push_str(&format!("\u{1b}[32mline {n:05}\u{1b}[0m\n"));
    }
    log.push_str("the \u{1b}[1mlast\u{1b}[0m");
    let mut offset = 0;
    // Of such a length that chunks begin and end within lines.
    for piece in log.as_bytes().chunks(777) {
        append_log(&run, &id, offset, piece).await.unwrap();
        offset += u64::try_from(piece.len()).unwrap();
    }
    let expected: Vec<_> = log.lines().map(str::to_owned).collect();
    for (from, count) in [(1, 5), (2, 1), (4_999, 20), (9_990, 2000), (10_001, 9), (737, 739)] {
        let window = log_lines(&ctx, &scene.here, &id, from, count).await.unwrap();
        assert_eq!((window.total, window.done), (10_001, false));
        let first = usize::try_from(from).unwrap() - 1;
        let wanted = &expected[first..expected.len().min(first + usize::try_from(count).unwrap())];
        assert!(window.lines.iter().map(|line| &line.text).eq(wanted), "from {from}");
        assert_eq!(window.lines[0].number, from);
    }
    assert_eq!(log_lines(&ctx, &scene.here, &id, 0, 1).await.unwrap().lines[0].number, 1);
    assert!(log_lines(&ctx, &scene.here, &id, 10_002, 1).await.unwrap().lines.is_empty());
    assert!(log_lines(&ctx, &scene.here, &id, u64::MAX, 1).await.unwrap().lines.is_empty());
    assert_eq!(log_lines(&ctx, &scene.here, &id, 1, 99_999).await.unwrap().lines.len(), 2000);
    let find = async |q: &str, limit| find_in_log(&ctx, &scene.here, &id, q, limit).await.unwrap();
    assert_eq!(find("LINE 0777", 100).await.lines, (7770..=7779).collect::<Vec<_>>());
    assert_eq!(find("the last", 100).await.lines, [10_001]);
    let first = find("line", 3).await;
    assert_eq!((first.lines, first.more), (vec![1, 2, 3], true));
    assert!(find("  ", 3).await.lines.is_empty() && find("nowhere", 3).await.lines.is_empty());
    let raw = raw_log(&ctx, &scene.here, &id, 1000).await.unwrap();
    assert_eq!(raw.bytes, &log.as_bytes()[1000..]);
    assert!(raw_log(&ctx, &scene.here, &id, raw.size).await.unwrap().bytes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_apply_that_is_reported_is_a_deployment_once() {
    let scene = scene().await;
    let at = scene.deps.clock.now();
    for _ in 0..2 {
        apply(&scene, 7, 0, at).await;
    }
    scene.clock.advance(Duration::from_secs(10));
    apply(&scene, 8, 1, scene.deps.clock.now()).await;
    apply(&scene, 7, 0, at).await;
    let plan = ReportInput {
        repository: NamedRepository::default(),
        stack: "dev".to_owned(),
        component: "cluster".to_owned(),
        command: Some(("plan".to_owned(), 2)),
        status: None,
        last_run: None,
    };
    instances::report(&scene.run(9), plan).await.unwrap();
    let recorded = all(&scene, &DeploymentFilter::default()).await;
    let told: Vec<_> =
        recorded.iter().map(|one| (one.actor_name.as_str(), one.status, one.exit_code)).collect();
    assert_eq!(
        told,
        [("Run 8", DeploymentStatus::Failure, Some(1)), ("Run 7", DeploymentStatus::Success, Some(0))]
    );
    assert!(recorded.iter().all(|one| one.source == DeploymentSource::Status && one.commit.is_some()));
    assert_eq!(recorded[1].finished_at, Some(at));
    assert_eq!(scene.events(What::DeploymentFinished).await.len(), 2);
    let instance = instances::get(&scene.operator(), &scene.here, &recorded[0].instance_id).await.unwrap();
    assert_eq!(instance.deployments, recorded);
    assert_eq!(instance.settings.as_deref(), Some("{\"enabled\":true}"));
    assert!(instance.lock.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_shows_the_lock_that_is_held_on_it() {
    let scene = scene().await;
    let id = begun(&scene.run(1)).await.instance_id;
    let request =
        TakeRequest { key: "Acme/infra/dev/vpc".to_owned(), ttl: 60, lock_message: "careful".to_owned() };
    locks::api_take(&scene.run(1), request).await.unwrap();
    let shown = async || instances::get(&scene.operator(), &scene.here, &id).await.unwrap().lock;
    assert_eq!(shown().await.unwrap().message, "careful");
    scene.clock.advance(Duration::from_secs(61));
    assert!(shown().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_are_paged_filtered_and_counted() {
    let scene = scene().await;
    let run = scene.run(1);
    for n in 0..7 {
        let (component, environment) = if n % 2 == 0 { ("vpc", "Prod") } else { ("eks/cluster", "dev") };
        let new = NewDeployment { environment: Some(environment.to_owned()), ..of(component) };
        let id = create(&run, new).await.unwrap().id;
        if n < 3 {
            update(&run, &id, DeploymentStatus::Success, Some(0)).await.unwrap();
        }
        scene.clock.advance(Duration::from_secs(1));
    }
    let ctx = scene.operator();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = page(&ctx, &scene.here, &DeploymentFilter::default(), &after, 3).await.unwrap();
        assert_eq!((page.counts.success, page.counts.in_progress, page.counts.all()), (3, 4, 7));
        seen.extend(page.items.into_iter().map(|one| one.created_at));
        let Some(next) = page.next_cursor else { break };
        after = next;
    }
    assert!(seen.len() == 7 && seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    let narrowed = async |change: fn(&mut DeploymentFilter)| {
        let mut filter = DeploymentFilter::default();
        change(&mut filter);
        all(&scene, &filter).await.len()
    };
    assert_eq!(narrowed(|filter| filter.q = "DEV vpc 4f5".to_owned()).await, 4);
    assert_eq!(narrowed(|filter| filter.environment = Some("pROD".to_owned())).await, 4);
    assert_eq!(narrowed(|filter| filter.status = Some(DeploymentStatus::Success)).await, 3);
    let vpc = all(&scene, &DeploymentFilter::default()).await[0].instance_id.clone();
    let of_vpc = DeploymentFilter { instance: Some(vpc), ..DeploymentFilter::default() };
    assert_eq!(all(&scene, &of_vpc).await.len(), 4);
    let own = list_for_run(&scene.run(2), &of_vpc, "", 3).await.unwrap();
    assert_eq!((own.items.len(), own.next_cursor.is_some()), (3, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_kept_for_a_year_and_deployments_stay() {
    let scene = scene().await;
    let run = scene.run(1);
    let id = begun(&run).await.id;
    append_log(&run, &id, 0, b"one\ntwo\n").await.unwrap();
    scene.clock.advance(Duration::from_secs(364 * 24 * 3600));
    jobs::sweep(&scene.operator()).await.unwrap();
    assert_eq!(log_lines(&scene.operator(), &scene.here, &id, 1, 9).await.unwrap().lines.len(), 2);
    scene.clock.advance(Duration::from_secs(24 * 3600));
    for _ in 0..2 {
        jobs::sweep(&scene.operator()).await.unwrap();
    }
    let window = log_lines(&scene.operator(), &scene.here, &id, 1, 9).await.unwrap();
    assert_eq!((window.lines.len(), window.total), (0, 0));
    let kept = deployments::get(&scene.operator(), &scene.here, &id).await.unwrap();
    assert!(kept.log_forgotten_at.is_some() && kept.log_size == 8);
    // Its session is forgotten too; it would have come with another.
    scene.keep_session().await;
    assert_eq!(tag(append_log(&scene.run(1), &id, 8, b"x").await), "LogClosed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_goes_takes_its_deployments_along() {
    let scene = scene().await;
    let run = scene.run(1);
    let id = begun(&run).await.id;
    append_log(&run, &id, 0, b"one\n").await.unwrap();
    let writing = tokio::spawn({
        let (run, id) = (run.clone(), id.clone());
        async move {
            let mut offset = 4;
            loop {
                match append_log(&run, &id, offset, b"more\n").await {
                    Ok(appended) => offset = u64::try_from(appended.size).unwrap(),
                    Err(error) => return error.tag(),
                }
            }
        }
    });
    scene.remove_repository().await;
    assert_eq!(writing.await.unwrap(), "RepositoryRemoved");
    for result in [update(&run, &id, DeploymentStatus::Success, None).await, get_for_run(&run, &id).await] {
        assert_eq!(tag(result), "RepositoryRemoved");
    }
    assert!(matches!(deployments::get(&scene.operator(), &scene.here, &id).await, Err(Error::NotFound)));
    assert!(matches!(log_lines(&scene.operator(), &scene.here, &id, 1, 1).await, Err(Error::NotFound)));
}
