use std::time::Duration;

use stackyard_domain::affected::{
    self, AffectedFilter, AffectedItem, AffectedUpload, Uploaded, get, latest, list,
};
use stackyard_domain::uploads::{Batch, NamedRepository, incomplete};
use stackyard_domain::{Ctx, Error, jobs};
use stackyard_model::PermissionKind;
use stackyard_model::activity::What;

use crate::scene::Scene;

async fn scene() -> Scene {
    Scene::new(&[PermissionKind::AffectedStacksCreate]).await
}

fn item(component: &str, dependents: Vec<AffectedItem>) -> AffectedItem {
    AffectedItem {
        stack: "dev".to_owned(),
        component: component.to_owned(),
        dependents,
        ..AffectedItem::default()
    }
}

fn diamond() -> Vec<AffectedItem> {
    let app = || item("app", vec![]);
    vec![item("vpc", vec![item("eks/cluster", vec![app()]), item("rds", vec![app()])])]
}

fn whole(stacks: Vec<AffectedItem>) -> AffectedUpload {
    AffectedUpload {
        head_sha: "4f5eefb".to_owned(),
        base_sha: "c2bf060".to_owned(),
        stacks,
        ..AffectedUpload::default()
    }
}

fn piece(index: i32, total: i32, stacks: Vec<AffectedItem>) -> AffectedUpload {
    AffectedUpload {
        batch: Some(Batch { id: "b-1".to_owned(), index, total, bytes: 1_000 }),
        ..whole(stacks)
    }
}

async fn upload(ctx: &Ctx, input: AffectedUpload) -> Uploaded {
    affected::upload(ctx, input).await.unwrap()
}

async fn refused(ctx: &Ctx, input: AffectedUpload) -> &'static str {
    affected::upload(ctx, input).await.unwrap_err().tag()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forest_is_kept_as_a_graph_in_waves() {
    let scene = scene().await;
    let uploaded = upload(&scene.run(1), whole(diamond())).await;
    assert_eq!((uploaded.changed, uploaded.downstream, uploaded.edges, uploaded.cycles), (1, 3, 4, 0));
    let id = uploaded.id.unwrap();
    let found = get(&scene.operator(), &scene.here, &id).await.unwrap();
    let waves: Vec<_> =
        found.graph.nodes.iter().map(|node| (node.component.as_str(), node.layer, node.changed)).collect();
    assert_eq!(waves, [("vpc", 0, true), ("eks/cluster", 1, false), ("rds", 1, false), ("app", 2, false)]);
    assert_eq!(found.graph.edges, [(0, 1), (0, 2), (1, 3), (2, 3)]);
    let upload = found.upload;
    assert_eq!((upload.branch.as_deref(), upload.layers), (Some("main"), 3));
    assert_eq!(upload.run_url.as_deref(), Some("https://github.com/acme/infra/actions/runs/1"));
    let events = scene.events(What::AffectedUploaded).await;
    assert_eq!(events[0].target_id, id.as_str());
    assert!(events[0].permission_id.is_some());
    assert_eq!(events[0].details.note.as_deref(), Some("1 changed, 3 that depend on them"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_body_of_the_same_run_is_the_same_upload() {
    let scene = scene().await;
    let first = upload(&scene.run(1), whole(diamond())).await;
    assert_eq!(upload(&scene.run(1), whole(diamond())).await, first);
    assert_eq!(scene.events(What::AffectedUploaded).await.len(), 1);
    let others = [
        upload(&scene.run(2), whole(diamond())).await,
        upload(&scene.token(), whole(diamond())).await,
        upload(&scene.run(1), whole(vec![])).await,
    ];
    assert!(others.iter().all(|other| other.id != first.id));
    assert!(scene.notes(What::AffectedUploaded).await.contains(&"nothing is affected".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_at_once_are_one() {
    let scene = scene().await;
    let run = scene.run(1);
    let (a, b, c) = tokio::join!(
        affected::upload(&run, whole(diamond())),
        affected::upload(&run, whole(diamond())),
        affected::upload(&run, whole(diamond())),
    );
    let ids = [a.unwrap().id, b.unwrap().id, c.unwrap().id];
    assert!(ids.iter().all(|id| id.is_some() && *id == ids[0]), "{ids:?}");
    assert_eq!(scene.events(What::AffectedUploaded).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_come_in_any_order_and_twice_and_make_one_graph() {
    let scene = scene().await;
    let run = scene.run(1);
    let parts = || {
        [
            piece(2, 3, vec![item("old", vec![])]),
            piece(0, 3, diamond()),
            piece(1, 3, vec![item("rds", vec![item("app", vec![])])]),
        ]
    };
    let [last, first, middle] = parts();
    assert_eq!(upload(&run, last.clone()).await.missing, 2);
    assert_eq!(upload(&run, last).await.missing, 2);
    assert_eq!(upload(&run, first).await, Uploaded { missing: 1, ..Uploaded::default() });
    let waiting = incomplete(&scene.operator(), &scene.here).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].have, waiting[0].total), (1, 2, 3));
    assert_eq!((waiting[0].batch_id.as_str(), &waiting[0].repository_id), ("b-1", &scene.repository.id));
    let done = upload(&run, middle).await;
    assert_eq!((done.missing, done.changed, done.downstream, done.edges), (0, 3, 2, 4));
    assert!(incomplete(&scene.operator(), &scene.here).await.unwrap().is_empty());
    for again in parts() {
        assert_eq!(upload(&run, again).await, done, "a retry has the same answer");
    }
    assert_eq!(refused(&run, piece(1, 3, diamond())).await, "BatchConflict");
    assert_eq!(refused(&run, piece(0, 4, diamond())).await, "BatchConflict");
    assert_eq!(refused(&run, piece(0, 1001, diamond())).await, "BadBatch");
    assert_eq!(scene.events(What::AffectedUploaded).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_of_different_commits_are_no_upload() {
    let scene = scene().await;
    upload(&scene.run(1), piece(0, 2, diamond())).await;
    let other = AffectedUpload { head_sha: "0000000".to_owned(), ..piece(1, 2, vec![]) };
    assert_eq!(refused(&scene.run(1), other).await, "BatchConflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_finished_is_forgotten_after_an_hour() {
    let scene = scene().await;
    upload(&scene.run(1), piece(0, 2, diamond())).await;
    scene.clock.advance(Duration::from_secs(3601));
    jobs::sweep(&scene.operator()).await.unwrap();
    assert!(incomplete(&scene.operator(), &scene.here).await.unwrap().is_empty());
    assert_eq!(upload(&scene.run(1), piece(1, 2, vec![])).await.missing, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_listed_newest_first_and_kept_for_90_days() {
    let scene = scene().await;
    let ctx = scene.operator();
    for run in 1..=3 {
        upload(&scene.run(run), whole(diamond())).await;
        scene.clock.advance(Duration::from_secs(1));
    }
    let filter = AffectedFilter { q: "main 4f5eefb".to_owned(), ..AffectedFilter::default() };
    let first = list(&ctx, &scene.here, &filter, "", 2).await.unwrap();
    let second = list(&ctx, &scene.here, &filter, &first.next_cursor.clone().unwrap(), 2).await.unwrap();
    let runs: Vec<_> = first.items.iter().chain(&second.items).map(|one| one.actor_name.as_str()).collect();
    assert_eq!((runs, second.next_cursor.is_none()), (vec!["Run 3", "Run 2", "Run 1"], true));
    let none = AffectedFilter { q: "develop".to_owned(), ..AffectedFilter::default() };
    assert!(list(&ctx, &scene.here, &none, "", 2).await.unwrap().items.is_empty());
    let newest = async |branch| latest(&ctx, &scene.here, &scene.repository.id, branch).await.unwrap();
    assert_eq!(newest(Some("main")).await.unwrap().id, first.items[0].id);
    assert!(newest(Some("develop")).await.is_none() && newest(None).await.is_some());
    scene.clock.advance(Duration::from_secs(90 * 24 * 3600));
    upload(&scene.run(4), whole(diamond())).await;
    jobs::sweep(&ctx).await.unwrap();
    let left = list(&ctx, &scene.here, &AffectedFilter::default(), "", 9).await.unwrap().items;
    assert_eq!(left.len(), 1);
    assert!(get(&ctx, &scene.here, &first.items[0].id).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_without_the_permission_or_of_another_repository() {
    let none = Scene::new(&[PermissionKind::InstancesCreate]).await;
    assert_eq!(refused(&none.run(1), whole(diamond())).await, "NoPermission");
    let scene = scene().await;
    let other = NamedRepository {
        host: Some("github.com".to_owned()),
        has_url: true,
        owner: "acme".to_owned(),
        name: "other".to_owned(),
    };
    let foreign = AffectedUpload { repository: other, ..whole(diamond()) };
    assert_eq!(refused(&scene.run(1), foreign).await, "RepositoryMismatch");
    let unnamed = AffectedUpload { head_sha: "a\nb".to_owned(), ..whole(diamond()) };
    assert_eq!(refused(&scene.run(1), unnamed).await, "BadAffected");
    assert!(matches!(
        affected::upload(&scene.operator(), whole(diamond())).await,
        Err(Error::Unauthenticated)
    ));
    let id = upload(&scene.run(1), whole(diamond())).await.id.unwrap();
    scene.remove_repository().await;
    assert_eq!(refused(&scene.run(1), whole(diamond())).await, "RepositoryRemoved");
    assert!(matches!(get(&scene.operator(), &scene.here, &id).await, Err(Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_can_be_kept_is_refused_whole_and_in_pieces() {
    let scene = scene().await;
    let many = |from: usize, to: usize| (from..to).map(|n| item(&format!("c{n}"), vec![])).collect();
    assert_eq!(refused(&scene.run(1), whole(many(0, 20_001))).await, "TooManyAffected");
    assert_eq!(upload(&scene.run(1), piece(0, 2, many(0, 15_000))).await.missing, 1);
    assert_eq!(refused(&scene.run(1), piece(1, 2, many(15_000, 20_001))).await, "TooManyAffected");
    assert_eq!(upload(&scene.run(1), whole(many(0, 20_000))).await.changed, 20_000);
}
