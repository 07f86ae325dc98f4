//! What a script makes better. In the gallery nobody answers: it is looked at as it stands without one.

use leptos::prelude::*;
use stackyard_model::deployment::LogLine;
use stackyard_ui::*;

use crate::data;
use crate::pages::Part;

#[component]
pub fn Islands() -> impl IntoView {
    let source = LogSource {
        url: "/window".to_owned(),
        find: "/find".to_owned(),
        workspace: "acme".to_owned(),
        deployment: "dep_1".to_owned(),
        from: 0,
        q: String::new(),
    };
    view! {
        <h1 class="sr-only">"Islands"</h1>
        <Part title="The command palette, closed">
            <PaletteLink way=data::frame().jump />
        </Part>
        <Part title="A log, as the server made it">
            <LogBox source>
                <LogLines lines=lines() found=vec![] />
            </LogBox>
        </Part>
    }
}

fn lines() -> Vec<LogLine> {
    let texts = [
        "\x1b[36matmos terraform apply\x1b[0m eks/cluster -s plat-ue1-prod",
        "module.eks.aws_eks_node_group.main[\"burst\"]: Creating...",
        "\x1b[1mPlan:\x1b[0m \x1b[32m3 to add\x1b[0m, \x1b[33m2 to change\x1b[0m, \x1b[31m1 to destroy\x1b[0m.",
    ];
    (1..).zip(texts).map(|(number, text)| LogLine { number, text: text.to_owned(), cut: false }).collect()
}
