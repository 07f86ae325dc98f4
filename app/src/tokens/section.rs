//! The repository tokens of a workspace, in its settings.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::repository::RepositoryName;
use stackyard_model::token::RepositoryToken;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Banner, BannerTone, ButtonKind, ButtonSize, Cell, Choice, Column, CopyField, Field, FieldLayout, Form,
    FormErrors, Hidden, Icon, LinkButton, Row, Section, Select, SubmitButton, Table, TextInput, TextLink, written,
};

use crate::forms::FormState;
use crate::paths;
use crate::tokens::cells::{Ends, Used};
use crate::tokens::forms::CreateToken;

#[component]
pub(crate) fn Tokens(
    workspace: Workspace,
    tokens: Vec<RepositoryToken>,
    repositories: Vec<RepositoryName>,
    state: FormState,
    secret: Option<String>,
    back: String,
) -> impl IntoView {
    let back = format!("{back}#tokens");
    let columns = vec![
        Column::new("Name", ""),
        Column::new("Last used", "md:w-[100px]"),
        Column::new("Expires", "md:w-[132px]"),
        Column::silent("Revoke", "md:w-[84px]"),
    ];
    let list = if tokens.is_empty() {
        view! { <p class="text-ink-muted">"There is no repository token."</p> }.into_any()
    } else {
        let rows = tokens.into_iter().map(|token| view! { <TokenRow token workspace=workspace.clone() /> });
        let rows = written(rows);
        view! {
            <Table label="Repository tokens" columns boxed=true>
                {rows}
            </Table>
        }
        .into_any()
    };
    let shown = secret.map(|secret| {
        view! {
            <Banner tone=BannerTone::Accent class="mb-4">
                <p class="mb-2">
                    "This is the token. It is shown this once; what is kept is a hash. Put it into the repository’s secret "
                    <span class="font-mono text-[12px]">"ATMOS_PRO_TOKEN"</span> "."
                </p>
                <CopyField label="Repository token" text=secret />
            </Banner>
        }
    });
    let form = if repositories.is_empty() {
        view! {
            <p class="mt-3 text-[12px] text-ink-muted">
                "A token is for one repository. "
                <TextLink href=paths::add_repository(&workspace) inline=true>
                    "Add Repository"
                </TextLink> " first."
            </p>
        }
        .into_any()
    } else {
        view! { <NewToken workspace repositories state back /> }.into_any()
    };
    view! {
        <Section
            id="tokens"
            title="Repository tokens"
            lead="For workflows that cannot have an OIDC token. Workflow, branch and environment are missing then, so only permissions with * in all three let one through."
        >
            {shown} {list} {form}
        </Section>
    }
    .into_any()
}

#[component]
fn NewToken(
    workspace: Workspace,
    repositories: Vec<RepositoryName>,
    state: FormState,
    back: String,
) -> impl IntoView {
    let choices = repositories.into_iter().map(|repository| Choice::new(repository.id, repository.name)).collect();
    let ends = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "Never")]
        .into_iter()
        .map(|(value, label)| Choice::new(value, label))
        .collect();
    view! {
        <Form
            action=CreateToken::url()
            back
            errors=state.errors.clone()
            class="mt-4 flex flex-wrap items-start gap-3"
        >
            <Hidden name="workspace" value=workspace.slug />
            <Field
                name="repository"
                id="token-repository"
                label="Repository"
                value=state.value("repository", "")
                layout=FieldLayout::Small
                class="min-w-0 grow basis-40"
            >
                <Select choices />
            </Field>
            <Field
                name="name"
                id="token-name"
                label="Name"
                value=state.value("name", "")
                layout=FieldLayout::Small
                class="min-w-0 grow basis-40"
            >
                <TextInput placeholder="nightly-apply" autocomplete="off" maxlength=100_u32 required=true />
            </Field>
            <Field
                name="days"
                id="token-days"
                label="Ends after"
                value=state.value("days", "90")
                layout=FieldLayout::Small
                class="basis-28"
            >
                <Select choices=ends />
            </Field>
            <SubmitButton kind=ButtonKind::Plain icon=Icon::Plus class="mt-6">
                "Generate Token"
            </SubmitButton>
            <FormErrors class="basis-full text-[12px] text-danger" />
        </Form>
    }
    .into_any()
}

#[component]
fn TokenRow(token: RepositoryToken, workspace: Workspace) -> impl IntoView {
    let revoked = token.revoked_at;
    let label = format!("Revoke {}", token.name);
    let revoke = paths::revoke_token(&workspace, &token.id);
    let id = paths::revoke_token_id(&token.id);
    view! {
        <Row>
            <Cell class="max-md:col-start-1">
                <span class="block truncate font-medium" title=token.name.clone()>
                    {token.name.clone()}
                </span>
                <span class="block truncate text-[12px] leading-4 text-ink-muted max-md:whitespace-normal">
                    <span class="font-mono text-[11px]">{token.repository}</span>
                    <span class="text-ink-faint">{format!(", by {}", token.created_by)}</span>
                </span>
            </Cell>
            <Cell class="max-md:col-start-1 max-md:text-[12px]">
                <Used at=token.last_used_at />
            </Cell>
            <Cell class="max-md:col-start-1 max-md:text-[12px]">
                <Ends expires_at=token.expires_at revoked_at=revoked />
            </Cell>
            <Cell class="text-right max-md:[grid-column:2] max-md:[grid-row:1/3]">
                {revoked
                    .is_none()
                    .then(|| {
                        view! {
                            <LinkButton
                                href=revoke
                                id
                                kind=ButtonKind::DangerGhost
                                size=ButtonSize::Small
                                label
                                class="-mr-2.5"
                            >
                                "Revoke"
                            </LinkButton>
                        }
                    })}
            </Cell>
        </Row>
    }
    .into_any()
}
