//! The kit in its states, and pages made of it.

use leptos::prelude::*;
use stackyard_model::permission::Events;
use stackyard_model::{FieldErrors, PermissionKind, Role};
use stackyard_ui::*;

use crate::data;

#[component]
pub fn Part(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="border-t border-line px-4 py-5 md:px-6">
            <h2 class="mb-3 text-[12px] font-medium text-ink-muted">{title}</h2>
            {children()}
        </section>
    }
}

#[component]
pub fn Kit() -> impl IntoView {
    let kinds = [
        ButtonKind::Primary,
        ButtonKind::Plain,
        ButtonKind::Ghost,
        ButtonKind::Danger,
        ButtonKind::DangerGhost,
        ButtonKind::DangerSolid,
    ];
    let patterns = ["*", "main", "atmos-terraform-apply.yaml", "^(main|develop)$", ".*\\.yml$"];
    view! {
        <h1 class="sr-only">"Kit"</h1>
        <Part title="Buttons">
            <div class="flex flex-wrap items-center gap-2">
                {kinds.map(|kind| view! { <SubmitButton kind icon=Icon::Plus>"Add permission"</SubmitButton> }).into_iter().collect::<Vec<_>>()}
                {kinds
                    .map(|kind| view! { <LinkButton href="#" kind size=ButtonSize::Small>"Small"</LinkButton> })
                    .into_iter().collect::<Vec<_>>()} <SubmitButton disabled=true>"Disabled"</SubmitButton>
                <IconButton icon=Icon::Gear label="Settings" href="#" /> <TextLink href="#">"All activity"</TextLink>
                <span>"in a sentence, " <TextLink href="#" inline=true>"a link"</TextLink></span>
                <ExtLink href="https://ci.example/1">"Run 20934"</ExtLink>
            </div>
        </Part>
        <Part title="Fields">
            <Form action="#" errors=FieldErrors::one("slug", "A slug has lower case letters, digits and hyphens.")>
                <div class="grid gap-x-4 gap-y-4 sm:grid-cols-2">
                    <Field name="name" label="Name" value="Acme Platform">
                        <TextInput />
                    </Field>
                    <Field name="slug" label="Slug" value="Acme Platform" hint="Old links keep working for 90 days.">
                        <TextInput mono=true />
                    </Field>
                    <Field name="description" label="Description" note="optional" value="</textarea>Accounts & networks">
                        <TextArea />
                    </Field>
                    <Field name="kind" label="Permission" value="ws:locks:create">
                        <Select choices=kinds_of_permission() />
                    </Field>
                </div>
                <div class="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
                    <Checkbox name="a" checked=true>
                        "Checked"
                    </Checkbox>
                    <Switch name="b" checked=true>
                        "Live"
                    </Switch>
                    <FileInput name="logo" />
                    <SearchInput name="q" label="Search" placeholder="Key, holder or message" small=true />
                </div>
                <div class="mt-4 grid max-w-[560px] gap-4">
                    <CopyField label="Workspace ID" text="ws_2Nf7QxL9vT4mKc81RzWbH6yPdE3s" />
                    <ChoiceRows legend="Branch, exact or wider" show_legend=true>
                        <ChoiceRow name="scope" value="1" first=true checked=true consequence="Lets in this run.">
                            <PatternChip pattern="hotfix/db-timeout" />
                        </ChoiceRow>
                        <ChoiceRow name="scope" value="2" consequence="Lets in 8 of the 38 denied in 7 days.">
                            <PatternChip pattern="hotfix/.*" />
                        </ChoiceRow>
                    </ChoiceRows>
                    <Segmented
                        legend="Theme"
                        name="theme"
                        value="light"
                        choices=["system", "light", "dark"].map(|word| Choice::new(word, word)).to_vec()
                    />
                    <FormErrors />
                </div>
            </Form>
        </Part>
        <Part title="Signals, badges, chips, tiles, times">
            <ul class="grid grid-cols-2 gap-x-6 gap-y-1.5 sm:grid-cols-3">
                {State::ALL.iter().map(|state| view! { <li><StateSignal state=*state /></li> }).collect::<Vec<_>>()}
            </ul>
            <div class="mt-3 flex flex-wrap items-center gap-2">
                {Role::ALL.iter().map(|role| view! { <RoleBadge role=*role /> }).collect::<Vec<_>>()}
                <Badge tone=BadgeTone::Warn>"Unverified"</Badge>
                {patterns.map(|pattern| view! { <PatternChip pattern /> }).into_iter().collect::<Vec<_>>()}
            </div>
            <EventsNote events=Events { pull_request: false, workflow_run: true, ..Events::default() } />
            <div class="mt-3 flex flex-wrap items-center gap-3">
                <PersonTile name="Ida Brambleford" size=TileSize::Px32 /> <PersonTile name="Wren Oakhollow" />
                <MachineTile /> <WorkspaceTile name="Acme Data" size=TileSize::Px32 />
                <WorkspaceTile name="Observatory" size=TileSize::Px64 /> <RelativeTime at=data::ago(4) />
                <RelativeTime at=data::ago(1500) /> <ClockTime at=data::ago(11) seconds=true />
            </div>
        </Part>
        <Part title="Rows">
            <Table
                label="Locks"
                boxed=true
                columns=vec![
                    Column::new("Key and message", ""),
                    Column::new("Left", "md:w-[132px]"),
                    Column::new("Fence", "text-right md:w-[72px]").meaning("Fencing number"),
                    Column::silent("Actions", "md:w-[72px]"),
                ]
            >
                <LockRow key="data-ue1-prod/rds/ledger" tone=RowTone::Linked left=108 />
                <LockRow key="plat-ue1-prod/eks/cluster" tone=RowTone::Selected left=1574 />
                <LockRow key="edge-gbl-prod/cloudfront/public" tone=RowTone::Warn left=10_920 />
            </Table>
            <Pager shown="Newest 50 of 2,914" newer=Some("#".to_owned()) older=Some("#".to_owned()) />
        </Part>
        <Part title="Tabs, segments, banners, empty">
            <Tabs label="acme/infra">
                <Tab href="#" label="Permissions" current=true count=9 />
                <Tab href="#" label="Setup" />
            </Tabs>
            <div class="my-3">
                <Segments label="Holder" segments=segments() />
            </div>
            <div class="grid gap-3">
                <Banner>"acme/legacy-terraform has a different owner id. Its workflows are refused until you confirm."</Banner>
                <Banner tone=BannerTone::Danger>"The lock was not released: somebody else holds it."</Banner>
                <Banner tone=BannerTone::Ok>"Permission removed. In force now."</Banner>
            </div>
            <Empty
                title="Nothing is allowed here yet"
                text="Workflows of acme/infra-modules are refused until the repository has a permission. Start with Affected Stacks Create."
            >
                <LinkButton href="#" kind=ButtonKind::Primary size=ButtonSize::Small icon=Icon::Plus>
                    "Add Permissions"
                </LinkButton>
            </Empty>
        </Part>
        <Part title="Traces">
            <TraceVerdict trace=data::refused() large=true />
            <TraceDrawing trace=data::refused() permissions=Some("#".to_owned()) />
        </Part>
        <Part title="More lanes than are drawn, the event among the columns">
            <TraceVerdict trace=data::crowded() />
            <TraceDrawing trace=data::crowded() permissions=Some("#".to_owned()) />
        </Part>
        <Part title="Let through">
            <TraceVerdict trace=data::granted() />
            <TraceDrawing trace=data::granted() permissions=None />
        </Part>
        <Part title="Stopped">
            <TraceVerdict trace=data::nothing() />
            <TraceDrawing trace=data::nothing() permissions=None />
        </Part>
    }
}

fn menu() -> Vec<MenuItem> {
    vec![
        MenuItem::link("#", Icon::Clock, "History of this key"),
        MenuItem::Line,
        MenuItem::danger("#", Icon::Warn, "Force-release…"),
    ]
}

#[component]
fn LockRow(key: &'static str, tone: RowTone, left: u32) -> impl IntoView {
    view! {
        <Row tone wide=true>
            <Cell class="max-md:[grid-column:1/3] max-md:row-start-1">
                {(tone == RowTone::Selected).then(|| view! { <RowMark /> })}
                <CoverLink href="#" class="cover block font-mono text-[12px] leading-5 font-medium wrap-words">
                    {key}
                </CoverLink>
                <span class="block truncate text-[12px] leading-4 text-ink-muted">"“Migration window”"</span>
            </Cell>
            <Cell class="max-md:[grid-column:2/4] max-md:row-start-2 max-md:mt-1">
                <Countdown left total=12_000 until="until 14:43:59 UTC".to_owned() />
            </Cell>
            <Cell class="text-right max-md:hidden">
                "77"
            </Cell>
            <Cell class="text-right max-md:[grid-column:3] max-md:row-start-1">
                <Menu label=format!("Actions for {key}") items=menu() />
            </Cell>
        </Row>
    }
}

fn segments() -> Vec<Segment> {
    let segment =
        |label: &str, count, current| Segment { href: "#".into(), label: label.into(), count, current };
    vec![segment("All", Some(5), true), segment("Runs", Some(1), false), segment("Mine", None, false)]
}

fn kinds_of_permission() -> Vec<Choice> {
    PermissionKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.label())).collect()
}

#[component]
pub fn Overview() -> impl IntoView {
    view! {
        <PageHeader title="Overview" note="5 held" crumbs=vec![Crumb::new("#", "Acme Platform")]>
            <LinkButton href="#" kind=ButtonKind::Primary size=ButtonSize::Small icon=Icon::Github>
                "Add Repository"
            </LinkButton>
        </PageHeader>
        <Split width=PanelWidth::Read>
            <SplitMain>
                <Totals>
                    <Total label="Repositories" count=12>
                        "34 permissions"
                    </Total>
                    <Total label="Locks" count=5 />
                    <Total label="Denied" count=38>
                        <TextLink href="#" inline=true>
                            "in 7 days"
                        </TextLink>
                    </Total>
                    <Total label="Allowed" count=14_001 />
                </Totals>
                <Strip>
                    <p>"9 permissions, 7 kinds"</p>
                </Strip>
                <SideNav label="Settings" links=vec![("#a".into(), "General".into()), ("#b".into(), "Workspace ID".into())]>
                    <Section id="a" title="General" lead="What people see in the switcher.">
                        <CodeBlock label="Workflow lines" text="permissions:\n  id-token: write" />
                    </Section>
                    <Section id="b" title="Danger zone" danger=true>
                        <SubmitButton kind=ButtonKind::Danger>"Delete workspace"</SubmitButton>
                    </Section>
                </SideNav>
            </SplitMain>
            <Panel id="log" title="Activity Log">
                <ActivityLog events=data::events() all="#" />
            </Panel>
        </Split>
    }
}

#[component]
pub fn About() -> impl IntoView {
    view! { <p class="text-ink-muted">"to " <Code text="acme/infra" /> " in Acme Platform"</p> }
}

#[component]
pub fn PermissionForm(errors: FieldErrors) -> impl IntoView {
    view! {
        <Form action="#" back="/" errors>
            <DialogBody>
                <Field
                    name="kind"
                    label="Permission"
                    value="ws:deployments:create"
                    layout=FieldLayout::Beside
                    hint="Lets workflows record deployments and their logs."
                >
                    <Select choices=kinds_of_permission() autofocus=true />
                </Field>
                <PatternField name="workflow" label="Workflow" value="deploy.yaml" check="/c" hint="The file name alone." />
                <PatternField name="branch" label="Branch" value="^main|(hotfix/.*$" check="/c" hint="The branch." />
                <PatternField name="environment" label="Environment" value="" check="/c" hint="Compared without case." />
                <Fold title="More" summary="pull_request allowed">
                    <Checkbox name="pull_request" checked=true>
                        <span class="font-mono text-[12px]">"pull_request"</span>
                    </Checkbox>
                </Fold>
            </DialogBody>
            <DialogNote title="What would change">"8 of 38 requests denied in 7 days would be allowed."</DialogNote>
            <DialogFoot>
                <LinkButton href="#">"Cancel"</LinkButton>
                <SubmitButton>"Add permission"</SubmitButton>
            </DialogFoot>
        </Form>
    }
}

#[component]
pub fn Start() -> impl IntoView {
    view! {
        <Form action="#" class="flex flex-col gap-5" errors=FieldErrors::one("slug", "This slug is taken.")>
            <FirstRunTitle title="Create a workspace">"A home base for one team."</FirstRunTitle>
            <Field name="name" label="Name" value="Acme Platform">
                <TextInput large=true required=true />
            </Field>
            <Field name="slug" label="Slug" value="acme-platform" hint="Lower case letters, digits and hyphens.">
                <PrefixedInput prefix="/dashboard/workspaces/" />
            </Field>
            <div>
                <SubmitButton size=ButtonSize::Large>"Create Workspace"</SubmitButton>
            </div>
        </Form>
    }
}

#[component]
pub fn Way() -> impl IntoView {
    view! {
        <Steps
            title="To the first lock, about 5 minutes"
            current=0
            steps=vec![
                Step { title: "Create a workspace", text: "its id is public and names it to workflows" },
                Step { title: "Add a repository", text: "owner/name by hand" },
                Step { title: "Give it a permission", text: "which workflow, branch and environment may do what" },
            ]
        />
    }
}
