use std::sync::Arc;

use domain::consent::State;
use domain::time::{Span, Timestamp};
use leptos::prelude::*;

use crate::ui::{
    Alternative, Badge, Banner, Bubble, BubbleFrom, Button, ButtonLink, Card, Checkbox, ChipIssue,
    ChipsInput, Choice, Column, ConsentBadge, Delivery, Dialog, EmptyState, Facts, Glyph, IconButton, Judge,
    Menu, MenuItem, MenuLink, Order, Pager, Person, PhoneNote, PhonePreview, Progress, RadioGroup,
    SearchField, Select, Severity, Shape, Size, Skeleton, SkeletonRows, SortColumn, Split, Stat,
    SwitchButton, Tab, Table, TextArea, TextField, TimeAgo, Timeline, TimelineItem, Tone, Variant,
    use_toasts,
};

/// A fixed time, so that the page looks the same every day.
const NOW: Timestamp = Timestamp::from_seconds(1_794_492_202);

#[component]
pub(super) fn Actions() -> impl IntoView {
    let toasts = use_toasts();
    let asking = RwSignal::new(false);
    view! {
        <Card title="Buttons" lead="One primary button a view.">
            <div class="cluster">
                <Button variant=Variant::Primary>"Save Changes"</Button>
                <Button glyph=Glyph::Plus>"Add contact"</Button>
                <Button variant=Variant::Quiet>"Cancel"</Button>
                <Button variant=Variant::Danger>"Erase"</Button>
                <ButtonLink href="#main" glyph=Glyph::ArrowForward>"Go on"</ButtonLink>
                <IconButton label="More" glyph=Glyph::More/>
            </div>
            <div class="cluster">
                <Button variant=Variant::Primary pending=true>"Saving…"</Button>
                <Button pending=true>"Working…"</Button>
                <Button variant=Variant::Primary disabled=true>"Save Changes"</Button>
                <Button disabled=true>"Add contact"</Button>
                <Button size=Size::Small>"Small"</Button>
                <Button size=Size::Small variant=Variant::Primary>"Small"</Button>
            </div>
            <div class="cluster">
                <Button on:click=move |_| asking.set(true)>"Open dialog"</Button>
                <Menu id="gallery-menu" label="Open menu of actions" trigger=ViewFnOnce::from(|| "Open menu") align_start=true>
                    <MenuLink href="#main" glyph=Glyph::Person>"Show contact"</MenuLink>
                    <MenuItem glyph=Glyph::Blocked danger=true>"Block"</MenuItem>
                </Menu>
                <Button on:click=move |_| toasts.success("Opt-In/Out settings saved successfully")>"Good news"</Button>
                <Button on:click=move |_| toasts.error("The server could not be reached")>"Bad news"</Button>
            </div>
            <Dialog id="gallery-dialog" title="Opt Maria in to marketing?" open=asking>
                <p>"Maria opted out by herself on 3 Nov 2026. Opt her in only if she told you so since then."</p>
                <TextField name="gallery_note" label="Note" hint="What she said, and where."/>
                <div class="dialog-actions">
                    <Button on:click=move |_| asking.set(false)>"Cancel"</Button>
                    <Button variant=Variant::Primary>"Record opt-in"</Button>
                </div>
            </Dialog>
        </Card>
    }
}

#[component]
pub(super) fn Forms() -> impl IntoView {
    let words = RwSignal::new(["STOP", "UNSUBSCRIBE", "NO", "START"].map(str::to_owned).to_vec());
    let message = RwSignal::new(
        "You will get no more offers from us. We still answer you here.\nReply START to subscribe again."
            .to_owned(),
    );
    let long = RwSignal::new("Too long for its limit".to_owned());
    let judge: Judge = Arc::new(|word, _| match word {
        "NO" => Some(ChipIssue {
            severity: Severity::Warning,
            message: "NO is an everyday word: “no, thank you” alone would not opt out, but “no” would."
                .to_owned(),
        }),
        "START" => Some(ChipIssue {
            severity: Severity::Error,
            message: "START is also an Opt-In Keyword.".to_owned(),
        }),
        _ => None,
    });
    let aside = move || {
        view! {
            <PhonePreview name="Casa Verde" sub="Business account">
                <PhoneNote>"Today"</PhoneNote>
                <Bubble text="Stop" from=BubbleFrom::Me time="14:02" delivery=Delivery::Read/>
                <Bubble text=message time="14:02"/>
                <Bubble text="" time="14:03"/>
            </PhonePreview>
        }
    };
    let wrong = Some("This is not an email address. It needs a name, an @ and a domain.".to_owned());
    view! {
        <Split aside=ViewFnOnce::from(aside)>
            <Card title="Fields">
                <ChipsInput
                    name="opt_out_keywords"
                    label="Opt-Out Keywords"
                    hint="A message that is exactly one of these words opts the customer out."
                    words
                    suggestions=["CANCEL", "QUIT", "PARAR"].map(str::to_owned).to_vec()
                    judge
                />
                <TextArea
                    name="opt_out_confirmation"
                    label="Opt-Out Confirmation Message"
                    hint="Sent once, right after somebody opts out."
                    text=message
                    limit=1024
                />
                <TextArea name="too_long" label="Over its limit" text=long limit=12 rows=2 error=Some("Shorten it.".to_owned())/>
                <TextField name="gallery_name" label="Business name" value="Casa Verde" required=true/>
                <TextField name="gallery_email" label="Email" kind="email" value="owner" required=true error=wrong/>
                <Select
                    name="gallery_country"
                    label="Country"
                    choices=vec![Choice { value: "BR", label: "Brazil" }, Choice { value: "IN", label: "India" }]
                    value="IN"
                />
                <SearchField label="Search by name or number"/>
                <RadioGroup
                    name="reachable"
                    legend="Who counts as reachable?"
                    cards=true
                    value="opted_in"
                    alternatives=vec![
                        Alternative { value: "opted_in", label: "Only people who opted in", hint: Some("What the law asks for in most countries.") },
                        Alternative { value: "not_out", label: "Everyone who has not opted out", hint: None },
                    ]
                />
                <Checkbox name="ask" label="Ask unknown people to confirm" hint="START alone is no proof of consent." checked=true/>
                <Checkbox name="answer" label="Answer repeated opt-outs"/>
            </Card>
        </Split>
    }
}

#[component]
pub(super) fn Consent() -> impl IntoView {
    view! {
        <Card title="Consent">
            <div class="cluster">
                {State::ALL.iter().map(|state| view! { <ConsentBadge state=*state/> }).collect_view()}
                <Badge>"vip"</Badge>
                <Badge tone=Tone::Accent>"Owner"</Badge>
                <Badge tone=Tone::Danger glyph=Glyph::Blocked>"Blocked"</Badge>
            </div>
            <div class="cluster" data-gap="large">
                <SwitchButton label="Marketing messages for Ana" checked=true on="On" off="Off"/>
                <SwitchButton label="Marketing messages for Ben" checked=false on="On" off="Off"/>
                <SwitchButton label="Marketing messages for Cleo" checked=true pending=true on="On" off="Off"/>
                <SwitchButton label="Marketing messages for Dan" checked=false disabled=true on="On" off="Off"/>
            </div>
            <div class="tiles">
                <Stat label="Opted in" value="912" state=State::OptedIn note="91 % of all contacts" href="#main"/>
                <Stat label="Opted out" value="51" state=State::OptedOut note="1 since yesterday" href="#main"/>
                <Stat label="Held" value="2" state=State::Held note="Need a person" href="#main"/>
                <Stat label="STOP to stop" value="0.21 s" note="Slowest in 30 days"/>
            </div>
            <Timeline label="Consent of Maria">
                <TimelineItem title="Opted in" state=State::OptedIn at=NOW - Span::minutes(3) now=NOW>
                    "By keyword on WhatsApp. " <q>"start"</q>
                </TimelineItem>
                <TimelineItem title="Opted out" state=State::OptedOut at=NOW - Span::days(2) now=NOW>
                    "By keyword on WhatsApp. " <q>"Stop!!"</q> <p>"Confirmation delivered."</p>
                </TimelineItem>
                <TimelineItem title="Held" state=State::Held at=NOW - Span::days(40) now=NOW>
                    "Ambiguous words. " <q>"no more please… unless it is shoes"</q>
                </TimelineItem>
                <TimelineItem title="First message" at=NOW - Span::days(90) now=NOW/>
            </Timeline>
            <Facts>
                <dt>"Number"</dt>
                <dd class="numeric">"+55 11 91234-5678"</dd>
                <dt>"Last seen"</dt>
                <dd><TimeAgo at=NOW - Span::hours(5) now=NOW/></dd>
            </Facts>
        </Card>
    }
}

#[component]
pub(super) fn Messages() -> impl IntoView {
    view! {
        <div class="stack">
            <Banner tone=Tone::Success title="Opt-In/Out settings saved successfully"/>
            <Banner tone=Tone::Info title="This is a demo">"Nothing leaves this machine."</Banner>
            <Banner tone=Tone::Warning title="WhatsApp has not called for 3 hours">"Check the connection."</Banner>
            <Banner tone=Tone::Danger title="Two things need to be mended">
                <ul>
                    <li><a href="#opt_out_keywords">"Opt-Out Keywords must contain STOP. Add it back."</a></li>
                    <li><a href="#opt_out_confirmation">"Opt-Out Confirmation Message is too long."</a></li>
                </ul>
            </Banner>
        </div>
    }
}

#[component]
pub(super) fn Lists() -> impl IntoView {
    let people = [
        ("Maria Oliveira da Conceição", "+55 11 91234-5678", State::OptedIn),
        ("Priya Raman", "+91 98200 12345", State::OptedOut),
        ("+49 151 2345 6789", "No name yet", State::Unknown),
        ("Ahmed Nasser", "+20 100 123 4567", State::Held),
    ];
    let rows = people.map(|(name, number, state)| {
        view! {
            <tr>
                <th scope="row"><Person name href="#main" sub=number/></th>
                <td data-label="State"><ConsentBadge state/></td>
                <td data-label="Since"><TimeAgo at=NOW - Span::hours(30) now=NOW/></td>
                <td data-label="Marketing">
                    <SwitchButton
                        label=format!("Marketing messages for {name}")
                        checked=matches!(state, State::OptedIn)
                        on="On"
                        off="Off"
                    />
                </td>
            </tr>
        }
    });
    let head = || {
        view! {
            <SortColumn href="#main" order=Order::Ascending>"Name"</SortColumn>
            <Column>"State"</Column>
            <SortColumn href="#main">"Since"</SortColumn>
            <Column>"Marketing"</Column>
        }
    };
    view! {
        <div class="stack">
            <nav class="sub-nav" aria-label="States">
                <div class="sub-nav-list">
                    <Tab href="#main" current=true count="1,000">"All"</Tab>
                    <Tab href="#main" current=false count="912">"Opted in"</Tab>
                    <Tab href="#main" current=false count="51">"Opted out"</Tab>
                </div>
            </nav>
            <Table caption="Contacts" head=ViewFnOnce::from(head)>{rows.collect_view()}</Table>
            <Pager previous=None next=Some("#main".to_owned()) summary="1–4 of 1,000 contacts"/>
            <Card>
                <EmptyState glyph=Glyph::Contacts title="No contacts yet" text="People appear here when they write to you, or when you add them.">
                    <Button variant=Variant::Primary glyph=Glyph::Plus>"Add contact"</Button>
                </EmptyState>
            </Card>
        </div>
    }
}

#[component]
pub(super) fn Waiting() -> impl IntoView {
    view! {
        <Card title="Waiting">
            <Progress label="Spring sale" done=412_u32 total=950_u32 text="412 of 950 sent"/>
            <Progress label="Counting" done=0_u32 total=0_u32 text="Counting…"/>
            <div class="stack" data-gap="small">
                <Skeleton shape=Shape::Title/>
                <Skeleton/>
                <Skeleton shape=Shape::Half/>
            </div>
            <SkeletonRows rows=3/>
        </Card>
    }
}
