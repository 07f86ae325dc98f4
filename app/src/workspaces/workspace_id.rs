//! The workspace's id and how workflows get it.

use leptos::prelude::*;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{CodeBlock, CopyButton, CopyField, Glyph, Icon, Section};

#[component]
pub(super) fn WorkspaceId(workspace: Workspace, public_url: String) -> impl IntoView {
    let id = workspace.id.to_string();
    let workflow = format!(
        "permissions:\n  id-token: write # lets the workflow sign in\n  contents: read\n\nenv:\n  ATMOS_PRO_BASE_URL: {public_url}\n  ATMOS_PRO_WORKSPACE_ID: ${{{{ vars.ATMOS_PRO_WORKSPACE_ID }}}}\n"
    );
    let shell = format!(
        "# the variable, from a terminal in the repository\ngh variable set ATMOS_PRO_WORKSPACE_ID --body {id}\n\n# or for one shell\nexport ATMOS_PRO_WORKSPACE_ID={id}\n"
    );
    view! {
        <Section id="id" title="Workspace ID" lead="Every workflow that talks to this workspace carries it.">
            <CopyField label="Workspace ID" text=id />
            <p class="mt-2 flex items-start gap-2 text-[12px] leading-[18px] text-ink-muted">
                <Glyph icon=Icon::Info class="mt-px w-4 h-4 text-ink-faint" />
                "Not a secret. It tells a workflow’s sign-in which workspace is meant, since one repository can be in several."
            </p>
            <fieldset class="group mt-5 min-w-0 rounded-[6px] border border-line">
                <legend class="sr-only">"Set ATMOS_PRO_WORKSPACE_ID"</legend>
                <div class="flex flex-wrap items-center gap-x-5 border-b border-line px-3 max-sm:pt-2">
                    <span class="font-mono text-[12px] font-medium">"ATMOS_PRO_WORKSPACE_ID"</span>
                    <span class="grow"></span>
                    <label class="flex h-9 cursor-pointer items-center border-b-2 border-transparent px-1 text-ink-muted hover:text-ink has-[:checked]:border-accent has-[:checked]:font-medium has-[:checked]:text-ink ring-within">
                        <input type="radio" name="how" id="how-gha" class="sr-only" checked />
                        "GitHub Actions variable"
                    </label>
                    <label class="flex h-9 cursor-pointer items-center border-b-2 border-transparent px-1 text-ink-muted hover:text-ink has-[:checked]:border-accent has-[:checked]:font-medium has-[:checked]:text-ink ring-within">
                        <input type="radio" name="how" id="how-sh" class="sr-only" />
                        "Shell"
                    </label>
                </div>
                <div class="group-has-[#how-sh:checked]:hidden">
                    <ol class="px-3 pt-3 text-[13px] text-ink-muted">
                        <li>
                            "1. Open the repository on GitHub, then "
                            <span class="text-ink">
                                "Settings, Secrets and variables, Actions, Variables"
                            </span>
                            "."
                        </li>
                        <li>
                            "2. Add a variable with this name and the id above. On the organization it serves every repository; on an environment, one."
                        </li>
                    </ol>
                    <div class="relative">
                        <CodeBlock label="Workflow lines" text=workflow.clone() />
                        <span class="absolute top-1.5 right-1.5">
                            <CopyButton
                                text=workflow
                                label="Copy the workflow lines".to_owned()
                                words=String::new()
                                attached=false
                            />
                        </span>
                    </div>
                </div>
                <div class="hidden group-has-[#how-sh:checked]:block">
                    <div class="relative">
                        <CodeBlock label="Shell lines" text=shell.clone() />
                        <span class="absolute top-1.5 right-1.5">
                            <CopyButton
                                text=shell
                                label="Copy the shell lines".to_owned()
                                words=String::new()
                                attached=false
                            />
                        </span>
                    </div>
                </div>
            </fieldset>
        </Section>
    }
    .into_any()
}
