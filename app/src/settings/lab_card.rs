use detection::{Finding, Question};
use domain::consent::State;
use domain::settings::Draft;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detector::ask;
use super::lab::{PLUS_ONE, Step, question, run, steps};
use crate::ui::{Bubble, Button, Card, Choice, Select, Size, TextField, Variant};
use crate::words::{Lab, use_words};

/// The keyword lab: type what a customer might write and read what would happen. Runs where the page runs, on the code that runs
/// on the server.
#[component]
pub fn KeywordLab(
    /// The draft on the page.
    #[prop(into)]
    draft: Signal<Draft>,
    /// Fills `{{business_name}}`.
    business_name: String,
) -> impl IntoView {
    let words = use_words();
    let (lab, person) = (&words.settings.lab, words.settings.system.preview_person);
    let text = RwSignal::new(String::new());
    let state = RwSignal::new(State::OptedIn);
    let country = RwSignal::new(lab.countries[0].0.to_owned());
    let asked = Memo::new(move |_| {
        let text = text.read();
        (!text.trim().is_empty()).then(|| question(&draft.read(), &text, &country.read()))
    });
    let answered = answers(asked);
    let business = business_name;
    let shown = Memo::new(move |_| {
        let finding = match answered.get() {
            Answer::Nothing => return Shown::Empty,
            Answer::Waiting => return Shown::Waiting,
            Answer::Unavailable => return Shown::Unavailable,
            Answer::Found(finding) => finding,
        };
        let plus_one = *country.read() == PLUS_ONE;
        Shown::Steps(steps(&run(&draft.read(), &business, person, finding, state.get(), plus_one), words))
    });
    let states = Lab::STATES.map(|state| Choice { value: state.as_str(), label: words.ui.state(state) });
    let countries = lab.countries.map(|(value, label)| Choice { value, label });
    let field = NodeRef::<html::Div>::new();
    let examples = lab
        .examples
        .map(|example| {
            let try_it = move |_| {
                text.set(example.to_owned());
                // The field keeps a value of its own, as every text field does.
                if let Some(input) =
                    field.get_untracked().and_then(|field| field.query_selector("input").ok().flatten())
                {
                    use leptos::wasm_bindgen::JsCast;
                    input.unchecked_ref::<web_sys::HtmlInputElement>().set_value(example);
                }
            };
            view! { <Button size=Size::Small variant=Variant::Quiet on:click=try_it>{example}</Button> }
        })
        .collect_view();
    view! {
        <Card title=lab.title lead=lab.lead>
            <p class="lab-needs-scripts">{lab.needs_scripts}</p>
            <div class="lab stack">
                <div node_ref=field>
                    <TextField
                        name="lab_text"
                        label=lab.text
                        placeholder=lab.placeholder
                        required=true
                        autocomplete="off"
                        on_input=Callback::new(move |typed| text.set(typed))
                    />
                </div>
                <div class="cluster" role="group" aria-label=lab.examples_label>{examples}</div>
                <div class="lab-person">
                    <Select
                        name="lab_state"
                        label=lab.state
                        choices=states.to_vec()
                        value=State::OptedIn.as_str()
                        on_change=Callback::new(move |word: String| {
                            if let Ok(chosen) = word.parse() {
                                state.set(chosen);
                            }
                        })
                    />
                    <Select
                        name="lab_country"
                        label=lab.country
                        choices=countries.to_vec()
                        value=lab.countries[0].0
                        on_change=Callback::new(move |chosen| country.set(chosen))
                    />
                </div>
                <div aria-live="polite">
                    {move || match shown.get() {
                        Shown::Empty => view! { <p class="muted">{lab.empty}</p> }.into_any(),
                        Shown::Waiting => view! { <p class="muted">{lab.waiting}</p> }.into_any(),
                        Shown::Unavailable => view! { <p class="muted">{lab.unavailable}</p> }.into_any(),
                        Shown::Steps(steps) => view! { <Steps steps label=lab.steps/> }.into_any(),
                    }}
                </div>
            </div>
        </Card>
    }
}

#[derive(Clone, PartialEq)]
enum Shown {
    Empty,
    Waiting,
    Unavailable,
    Steps(Vec<Step>),
}

/// What is known about the present question.
#[derive(Clone, PartialEq)]
enum Answer {
    /// Nothing was asked.
    Nothing,
    /// The detector is being loaded.
    Waiting,
    /// It could not be.
    Unavailable,
    /// What it found. While the next answer is on its way, the last one stays.
    Found(Finding),
}

/// Asks the detector each time the question changes.
fn answers(asked: Memo<Option<Question>>) -> RwSignal<Answer> {
    let answer = RwSignal::new(Answer::Nothing);
    Effect::new(move |_| {
        let Some(question) = asked.get() else {
            answer.set(Answer::Nothing);
            return;
        };
        if !matches!(*answer.read_untracked(), Answer::Found(_)) {
            answer.set(Answer::Waiting);
        }
        spawn_local(async move {
            let found = ask(&question).await.map_or(Answer::Unavailable, Answer::Found);
            // Somebody who types fast has asked something else meanwhile.
            if asked.try_get_untracked() == Some(Some(question)) {
                answer.try_set(found);
            }
        });
    });
    answer
}

#[component]
fn Steps(steps: Vec<Step>, label: &'static str) -> impl IntoView {
    let items = steps
        .into_iter()
        .map(|step| {
            view! {
                <li class="lab-step">
                    <span class="lab-step-label">{step.label}</span>
                    <span>{step.text}</span>
                    {step.message.map(|message| view! { <div class="lab-message"><Bubble text=message/></div> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="lab-steps" aria-label=label>{items}</ol> }
}
