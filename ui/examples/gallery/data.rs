//! Made-up data.

use stackyard_model::account::Theme;
use stackyard_model::activity::{ActorType, Details, Event, Outcome, What};
use stackyard_model::id::{EventId, PermissionId};
use stackyard_model::trace::{BranchSource, Gate, Lane, Seen, Trace};
use stackyard_model::{Dimension, PatternKind, PermissionKind, Ts};
use stackyard_ui::{Frame, Icon, NavEntry, ShellPerson, SwitcherEntry, Way};

/// The moment at which the gallery is looked at.
pub fn now() -> Result<Ts, Box<dyn std::error::Error>> {
    Ok("2025-11-18T14:42:11Z".parse()?)
}

pub fn ago(minutes: i64) -> Ts {
    Ts::from_seconds(1_763_476_931 - minutes * 60)
}

pub fn person() -> ShellPerson {
    ShellPerson {
        name: "Ida Brambleford".into(),
        email: "ida@acme.example".into(),
        picture: None,
        unread: 3,
        theme: Theme::System,
        sign_out: "/sign-out".into(),
        set_theme: "/theme".into(),
        here: "/".into(),
    }
}

pub fn frame() -> Frame {
    let nav = |label: &'static str, icon, current, count: Option<&str>| NavEntry {
        href: "#".into(),
        label,
        icon,
        current,
        count: count.map(str::to_owned),
        warn: false,
    };
    let other = |name: &str, role, current| SwitcherEntry {
        href: "#".into(),
        name: name.into(),
        logo: None,
        role,
        current,
    };
    Frame {
        workspace: "Acme Platform".into(),
        logo: None,
        switcher: vec![
            other("Acme Platform", "Owner", true),
            other("Acme Data", "Admin", false),
            other("Observatory and shared developer tooling, northern region", "Viewer", false),
        ],
        nav: vec![
            nav("Overview", Icon::Overview, true, None),
            nav("Configured Repositories", Icon::Repo, false, None),
            nav("Locks", Icon::Lock, false, Some("5")),
            nav("Activity", Icon::Activity, false, None),
        ],
        settings: Some(nav("Workspace Settings", Icon::Gear, false, None)),
        may_create: true,
        jump: Way { url: "/ask".into(), page: "#jump".into(), workspace: "acme".into() },
        person: person(),
    }
}

fn gate(dimension: Dimension, pattern: &str, open: bool) -> Gate {
    Gate { dimension, pattern: pattern.into(), kind: PatternKind::of(pattern), open }
}

fn lane(number: u8, gates: [(&str, bool); 3]) -> Lane {
    let [workflow, branch, environment] = gates;
    Lane {
        permission: PermissionId::mint(ago(0), [number; 19]),
        version: i32::from(number),
        kind: PermissionKind::DeploymentsCreate,
        gates: vec![
            gate(Dimension::Workflow, workflow.0, workflow.1),
            gate(Dimension::Branch, branch.0, branch.1),
            gate(Dimension::Environment, environment.0, environment.1),
        ],
    }
}

pub fn refused() -> Trace {
    Trace {
        wanted: Some(PermissionKind::DeploymentsCreate),
        repository: "acme/infra".into(),
        seen: Seen {
            workflow: Some("atmos-terraform-apply.yaml".into()),
            branch: Some("hotfix/db-timeout".into()),
            branch_source: BranchSource::Branch,
            environment: Some("plat-prod".into()),
            event: Some("push".into()),
        },
        total: 9,
        of_kind: 3,
        granted: None,
        lanes: vec![
            lane(1, [("atmos-terraform-apply.yaml", true), ("main", false), (".*-prod", true)]),
            lane(
                2,
                [
                    ("atmos-terraform-(plan|apply)\\.yaml", true),
                    ("(hotfix|release)/.*", true),
                    ("plat-staging", false),
                ],
            ),
            lane(3, [("preview-teardown.yaml", false), ("*", true), ("preview-.*", false)]),
        ],
    }
}

pub fn crowded() -> Trace {
    let long = "a-very-long-branch-name/with-many-parts/that-somebody-thought-was-a-good-idea/at-the-time";
    let mut trace = refused();
    trace.of_kind = 17;
    trace.total = 40;
    trace.seen.branch = Some(long.into());
    trace.seen.event = Some("workflow_run".into());
    trace.lanes = (0..8)
        .map(|number| lane(number, [("*", true), (long, number > 3), ("release-[0-9]+", false)]))
        .collect();
    for lane in &mut trace.lanes {
        lane.gates.push(gate(Dimension::Event, "pull_request", false));
    }
    trace
}

pub fn granted() -> Trace {
    let mut trace = refused();
    let open = lane(1, [("*", true), ("hotfix/.*", true), ("*", true)]);
    trace.granted = Some(open.permission.clone());
    trace.of_kind = 1;
    trace.lanes = vec![open];
    trace
}

pub fn nothing() -> Trace {
    Trace { total: 0, of_kind: 0, lanes: vec![], ..refused() }
}

fn event(minutes: i64, what: What, actor_type: ActorType, actor: &str, target: &str) -> Event {
    let run = actor_type == ActorType::Run;
    Event {
        id: EventId::mint(ago(minutes), [7; 19]),
        at: ago(minutes),
        actor_type,
        actor_id: String::new(),
        actor_name: actor.into(),
        category: what.category(),
        action: what.action().into(),
        outcome: if what == What::RequestDenied { Outcome::Denied } else { Outcome::Ok },
        target_type: String::new(),
        target_id: String::new(),
        target_name: target.into(),
        repository_id: None,
        repository: Some("acme/infra".into()),
        kind: Some(PermissionKind::LocksCreate),
        workflow: run.then(|| "atmos-terraform-apply.yaml".into()),
        branch: run.then(|| "hotfix/db-timeout".into()),
        environment: None,
        event: None,
        address: None,
        user_agent: None,
        trace_id: "01K9V3T6QM4Z".into(),
        permission_id: None,
        permission_version: None,
        details: Details::default(),
    }
}

pub fn events() -> Vec<Event> {
    vec![
        event(7, What::LockCreated, ActorType::Run, "run 20934", "acme/infra/plat-ue1-prod/eks/cluster"),
        event(11, What::RequestDenied, ActorType::Run, "run 20931", ""),
        event(
            47,
            What::LockForced,
            ActorType::User,
            "Tomas Quillfeather",
            "acme/infra/plat-uw2-prod/msk/events",
        ),
        event(175, What::PermissionAssigned, ActorType::User, "Ida Brambleford", ""),
        event(1300, What::RepositoryTokenRevoked, ActorType::Operator, "operator", "nightly-inventory"),
        event(1400, What::RepositoryImported, ActorType::User, "Priya Lanternby", ""),
        event(9000, What::WorkspaceCreated, ActorType::User, "Ida Brambleford", "Acme Platform"),
    ]
}
