//! Orders of some sizes, and a log.

use leptos::prelude::*;
use stackyard_model::affected::{AffectedGraph, AffectedNode};
use stackyard_model::deployment::LogLine;
use stackyard_ui::{LogLines, OrderGraph, PageHeader, PartHeader};

fn node(stack: &str, component: &str, layer: u32, changed: bool) -> AffectedNode {
    let (stack, component) = (stack.to_owned(), component.to_owned());
    AffectedNode { stack, component, changed, deleted: false, layer, in_cycle: false }
}

/// As a pull request changes them.
fn some() -> AffectedGraph {
    let nodes = [
        ("kms", 0, true),
        ("vpc", 0, true),
        ("eks/cluster", 1, false),
        ("elasticache/sessions", 1, false),
        ("rds/orders", 1, true),
        ("app/orders-api", 2, true),
        ("eks/external-dns", 2, false),
        ("eks/karpenter", 2, false),
        ("alb/public", 3, false),
        ("organization/service-control-policies", 3, false),
        ("waf", 4, false),
    ];
    let edges = vec![
        (0, 4),
        (1, 2),
        (1, 3),
        (1, 4),
        (1, 8),
        (2, 6),
        (2, 7),
        (3, 5),
        (4, 5),
        (5, 9),
        (6, 8),
        (7, 8),
        (8, 10),
        (0, 10),
    ];
    let nodes = nodes.map(|(component, layer, changed)| node("plat-ue1-prod", component, layer, changed));
    AffectedGraph { nodes: nodes.into(), edges, cycles: vec![] }
}

/// A circle, and something that is deleted.
fn few() -> AffectedGraph {
    let nodes = vec![
        AffectedNode { in_cycle: true, ..node("plat-uw2-dev", "dns/zone", 0, true) },
        AffectedNode { in_cycle: true, ..node("plat-uw2-dev", "dns/delegation", 0, false) },
        AffectedNode { deleted: true, ..node("core-gbl-root", "legacy/bastion", 0, true) },
    ];
    AffectedGraph { nodes, edges: vec![(0, 1), (1, 0)], cycles: vec![vec![0, 1]] }
}

/// Many stacks of the same components.
fn many(stacks: u32, components: u32) -> AffectedGraph {
    let place = |stack: u32, component: u32| component * stacks + stack;
    let nodes = (0..components).flat_map(|component| {
        (0..stacks).map(move |stack| {
            node(
                &format!("tenant-{stack:02}-prod"),
                &format!("component-{component:02}"),
                component / 3,
                component < 2,
            )
        })
    });
    let edges = (3..components).flat_map(|component| {
        (0..stacks).flat_map(move |stack| {
            [component - 3, component / 3 * 3 - 1 - component % 2]
                .map(|before| (place(stack, before), place(stack, component)))
        })
    });
    AffectedGraph { nodes: nodes.collect(), edges: edges.collect(), cycles: vec![] }
}

fn lines() -> Vec<LogLine> {
    let text = [
        "\u{1b}[36matmos terraform plan\u{1b}[0m eks/cluster -s plat-ue1-prod",
        "Acquiring state lock. This may take a few moments...",
        "\u{1b}[1mTerraform will perform the following actions:\u{1b}[0m",
        "",
        "\u{1b}[1m  # module.eks.aws_launch_template.spot[0]\u{1b}[0m will be \u{1b}[1;31mdestroyed\u{1b}[0m",
        "  \u{1b}[31m-\u{1b}[0m resource \"aws_launch_template\" \"spot\" {",
        "  \u{1b}[33m~\u{1b}[0m max_size = 18 \u{1b}[33m->\u{1b}[0m 24",
        "\u{1b}[1mPlan:\u{1b}[0m \u{1b}[32m3 to add\u{1b}[0m, \u{1b}[33m2 to change\u{1b}[0m, \u{1b}[31m1 to destroy\u{1b}[0m.",
        "\u{1b}[34mblue\u{1b}[0m \u{1b}[35mmagenta\u{1b}[0m \u{1b}[90mgrey\u{1b}[0m \u{1b}[2mdim\u{1b}[0m \u{1b}[7minverse\u{1b}[0m \u{1b}[3;4mset apart\u{1b}[0m",
    ];
    let lines = text.iter().zip(254..);
    lines.map(|(text, number)| LogLine { number, text: (*text).to_owned(), cut: number == 262 }).collect()
}

/// All of them.
#[component]
pub fn Orders() -> impl IntoView {
    view! {
        <PageHeader title="Orders and a log" />
        <PartHeader id="some" title="Eleven" />
        <OrderGraph graph=some() />
        <PartHeader id="few" title="A circle" />
        <OrderGraph graph=few() />
        <PartHeader id="many" title="Fifty" />
        <OrderGraph graph=many(4, 13) />
        <PartHeader id="crowd" title="Five hundred" />
        <OrderGraph graph=many(25, 20) />
        <PartHeader id="log" title="A log" />
        <LogLines lines=lines() found=vec![258] />
    }
}
