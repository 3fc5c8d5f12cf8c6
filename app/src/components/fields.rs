//! Fields of forms. Each reads its value and its error from the form it is given.

use leptos::prelude::*;
use uuid::Uuid;

use crate::web::form::{Form, IDEMPOTENCY_KEY};

/// One choice of [`Radios`], [`Checkboxes`] or [`Select`].
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub value: String,
    pub label: String,
    pub hint: Option<String>,
}

/// A choice without a hint.
pub(crate) fn choice(value: impl ToString, label: impl ToString) -> Choice {
    Choice { value: value.to_string(), label: label.to_string(), hint: None }
}

/// A choice with a hint below its label.
pub(crate) fn choice_with_hint(value: impl ToString, label: impl ToString, hint: impl ToString) -> Choice {
    Choice { value: value.to_string(), label: label.to_string(), hint: Some(hint.to_string()) }
}

/// A form that posts to `action`. Its hidden key makes its work happen once, however often it is sent.
#[component]
pub(crate) fn PostForm(
    form: Form,
    #[prop(into)] action: String,
    /// Whether files are uploaded with it.
    #[prop(optional)]
    upload: bool,
    children: Children,
) -> impl IntoView {
    let key = form.idempotency_key().unwrap_or_else(Uuid::new_v4).to_string();
    let encoding = upload.then_some("multipart/form-data");
    view! {
        <form method="post" action=action enctype=encoding novalidate>
            <input type="hidden" name=IDEMPOTENCY_KEY value=key/>
            {children()}
        </form>
    }
}

/// Everything that is wrong with the form, each line leading to its field. Nothing when nothing is wrong.
#[component]
pub(crate) fn ErrorSummary(form: Form) -> impl IntoView {
    (!form.is_good()).then(|| {
        let lines = form
            .errors()
            .iter()
            .map(|e| match e.field.as_str() {
                "" => view! { <li>{e.message.clone()}</li> }.into_any(),
                // What is to be done on another page.
                path if path.starts_with('/') => view! { <li><a href=path.to_owned()>{e.message.clone()}</a></li> }.into_any(),
                field => view! { <li><a href=format!("#{field}")>{e.message.clone()}</a></li> }.into_any(),
            })
            .collect_view();
        // Whoever uses the keyboard goes on from what is wrong, not from the top of the page.
        view! {
            <div class="govuk-error-summary" tabindex="-1" autofocus>
                <div role="alert">
                    <h2 class="govuk-error-summary__title">"There is a problem"</h2>
                    <div class="govuk-error-summary__body"><ul class="govuk-list govuk-error-summary__list">{lines}</ul></div>
                </div>
            </div>
        }
    })
}

fn described_by(name: &str, hint: bool, error: bool, record: bool) -> Option<String> {
    let parts = [(hint, "hint"), (error, "error"), (record, "record")];
    let ids: Vec<_> = parts.iter().filter(|(there, _)| *there).map(|(_, part)| format!("{name}-{part}")).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// What is on record in `field`, in words, where somebody changed it while this form was being filled in.
fn on_record(form: &Form, field: &str, words: impl Fn(&str) -> String) -> Option<String> {
    let there: Vec<_> = form.on_record(field)?.into_iter().map(words).collect();
    Some(if there.is_empty() { "nothing".to_owned() } else { there.join(", ") })
}

/// A choice's words on record.
fn label_of(choices: &[Choice], value: &str) -> String {
    choices.iter().find(|c| c.value == value).map_or_else(|| value.to_owned(), |c| c.label.clone())
}

fn record_line(name: &str, record: Option<String>) -> Option<impl IntoView + use<>> {
    let id = format!("{name}-record");
    record.map(|text| view! { <div id=id class="app-on-record">"On record now: "<span class="app-on-record__value">{text}</span></div> })
}

fn group_class(error: bool) -> &'static str {
    if error { "govuk-form-group govuk-form-group--error" } else { "govuk-form-group" }
}

fn hint_line(name: &str, hint: Option<String>) -> Option<impl IntoView + use<>> {
    let id = format!("{name}-hint");
    hint.map(|text| view! { <div id=id class="govuk-hint">{text}</div> })
}

fn error_line(name: &str, error: Option<String>) -> Option<impl IntoView + use<>> {
    let id = format!("{name}-error");
    error.map(|text| {
        view! { <p id=id class="govuk-error-message"><span class="govuk-visually-hidden">"Error: "</span>{text}</p> }
    })
}

/// A line of text.
#[component]
pub(crate) fn TextInput(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// `text`, `email`, `tel`, `url`, `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// A width class of govuk-frontend without its prefix: `width-5`, `width-20`, …
    #[prop(optional)]
    width: Option<&'static str>,
    /// What browsers may fill in, as WCAG 1.3.5 asks.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// `numeric` where digits are typed.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    #[prop(optional, into)] prefix: Option<String>,
    #[prop(optional, into)] suffix: Option<String>,
) -> impl IntoView {
    let error = form.error(&name).map(str::to_owned);
    let record = on_record(&form, &name, |text| format!("{}{text}", prefix.as_deref().unwrap_or_default()));
    let invalid = error.is_some();
    let described = described_by(&name, hint.is_some(), invalid, record.is_some());
    let class = format!(
        "govuk-input{}{}",
        width.map(|w| format!(" govuk-input--{w}")).unwrap_or_default(),
        if invalid { " govuk-input--error" } else { "" }
    );
    let input = view! {
        <input class=class id=name.clone() name=name.clone() type=kind value=form.get(&name).to_owned() aria-describedby=described
            autocomplete=autocomplete inputmode=inputmode spellcheck="false"/>
    };
    let affix =
        |side: &str, text: String| view! { <div class=format!("govuk-input__{side}") aria-hidden="true">{text}</div> };
    let input = if prefix.is_some() || suffix.is_some() {
        view! {
            <div class="govuk-input__wrapper">
                {prefix.map(|t| affix("prefix", t))}{input}{suffix.map(|t| affix("suffix", t))}
            </div>
        }
        .into_any()
    } else {
        input.into_any()
    };
    view! {
        <div class=group_class(invalid)>
            <label class="govuk-label" for=name.clone()>{label}</label>
            {hint_line(&name, hint)}{error_line(&name, error)}{record_line(&name, record)}{input}
        </div>
    }
}

/// Several lines of text.
#[component]
pub(crate) fn TextArea(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = 5)] rows: u32,
) -> impl IntoView {
    let error = form.error(&name).map(str::to_owned);
    let record = on_record(&form, &name, str::to_owned);
    let invalid = error.is_some();
    let described = described_by(&name, hint.is_some(), invalid, record.is_some());
    let class = if invalid { "govuk-textarea govuk-textarea--error" } else { "govuk-textarea" };
    view! {
        <div class=group_class(invalid)>
            <label class="govuk-label" for=name.clone()>{label}</label>
            {hint_line(&name, hint)}{error_line(&name, error)}{record_line(&name, record)}
            <textarea class=class id=name.clone() name=name.clone() rows=rows.to_string() aria-describedby=described>{in_textarea(form.get(&name))}</textarea>
        </div>
    }
}

/// The text as HTML: what Leptos puts into a textarea it does not escape, so `</textarea>` would end it.
fn in_textarea(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// One of several.
#[component]
pub(crate) fn Radios(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    #[prop(optional, into)] hint: Option<String>,
    choices: Vec<Choice>,
    /// Side by side, for two short choices.
    #[prop(optional)]
    inline: bool,
) -> impl IntoView {
    let class = if inline { "govuk-radios govuk-radios--inline" } else { "govuk-radios" };
    choices_fieldset(&form, name, legend, hint, choices, "radio", class)
}

/// Any of several.
#[component]
pub(crate) fn Checkboxes(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    #[prop(optional, into)] hint: Option<String>,
    choices: Vec<Choice>,
    /// Closer together, where there are many.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let class = match (small, choices.len()) {
        (false, _) => "govuk-checkboxes",
        // One alone has the whole width: often it is a sentence.
        (true, ..=1) => "govuk-checkboxes govuk-checkboxes--small",
        (true, _) => "govuk-checkboxes govuk-checkboxes--small app-checkboxes--columns",
    };
    choices_fieldset(&form, name, legend, hint, choices, "checkbox", class)
}

fn choices_fieldset(
    form: &Form,
    name: String,
    legend: String,
    hint: Option<String>,
    choices: Vec<Choice>,
    kind: &'static str,
    class: &'static str,
) -> impl IntoView + use<> {
    let error = form.error(&name).map(str::to_owned);
    let record = on_record(form, &name, |value| label_of(&choices, value));
    let invalid = error.is_some();
    let described = described_by(&name, hint.is_some(), invalid, record.is_some());
    let block = if kind == "radio" { "govuk-radios" } else { "govuk-checkboxes" };
    let items = choices
        .into_iter()
        .enumerate()
        .map(|(i, c)| {
            // The first has the field's own id, so that the error summary's link lands on it.
            let id = if i == 0 { name.clone() } else { format!("{name}-{i}") };
            let hint_id = c.hint.as_ref().map(|_| format!("{id}-item-hint"));
            let checked = form.has(&name, &c.value);
            view! {
                <div class=format!("{block}__item")>
                    <input class=format!("{block}__input") id=id.clone() name=name.clone() type=kind value=c.value checked=checked
                        aria-describedby=hint_id.clone()/>
                    <label class=format!("govuk-label {block}__label") for=id>{c.label}</label>
                    {c.hint.map(|h| view! { <div id=hint_id class=format!("govuk-hint {block}__hint")>{h}</div> })}
                </div>
            }
        })
        .collect_view();
    view! {
        <div class=group_class(invalid)>
            <fieldset class="govuk-fieldset" aria-describedby=described>
                <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{legend}</legend>
                {hint_line(&name, hint)}{error_line(&name, error)}{record_line(&name, record)}
                <div class=class>{items}</div>
            </fieldset>
        </div>
    }
}

/// One of many, where radios would be too long.
#[component]
pub(crate) fn Select(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    choices: Vec<Choice>,
) -> impl IntoView {
    let hint = hint.filter(|hint| !hint.is_empty());
    let error = form.error(&name).map(str::to_owned);
    let record = on_record(&form, &name, |value| label_of(&choices, value));
    let invalid = error.is_some();
    let described = described_by(&name, hint.is_some(), invalid, record.is_some());
    let class = if invalid { "govuk-select govuk-select--error" } else { "govuk-select" };
    let items = choices
        .into_iter()
        .map(|c| {
            let selected = form.get(&name) == c.value;
            view! { <option value=c.value selected=selected>{c.label}</option> }
        })
        .collect_view();
    view! {
        <div class=group_class(invalid)>
            <label class="govuk-label" for=name.clone()>{label}</label>
            {hint_line(&name, hint)}{error_line(&name, error)}{record_line(&name, record)}
            <select class=class id=name.clone() name=name.clone() aria-describedby=described>{items}</select>
        </div>
    }
}

/// A date in three boxes: `name-day`, `name-month`, `name-year`.
#[component]
pub(crate) fn DateInput(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    #[prop(default = "For example, 27 3 2027".into(), into)] hint: String,
) -> impl IntoView {
    let error = form.error(&name).map(str::to_owned);
    let record = date_on_record(&form, &name);
    let invalid = error.is_some();
    let described = described_by(&name, true, invalid, record.is_some());
    let parts = [("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4)]
        .into_iter()
        .enumerate()
        .map(|(i, (part, label, width))| {
            let field = format!("{name}-{part}");
            let id = if i == 0 { name.clone() } else { field.clone() };
            let error_class = if invalid { " govuk-input--error" } else { "" };
            let class = format!("govuk-input govuk-date-input__input govuk-input--width-{width}{error_class}");
            view! {
                <div class="govuk-date-input__item">
                    <div class="govuk-form-group">
                        <label class="govuk-label govuk-date-input__label" for=id.clone()>{label}</label>
                        <input class=class id=id name=field.clone() type="text" inputmode="numeric" value=form.get(&field).to_owned()/>
                    </div>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class=group_class(invalid)>
            <fieldset class="govuk-fieldset" role="group" aria-describedby=described>
                <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{legend}</legend>
                {hint_line(&name, Some(hint))}{error_line(&name, error)}{record_line(&name, record)}
                <div class="govuk-date-input">{parts}</div>
            </fieldset>
        </div>
    }
}

/// The date on record, as its boxes have it, where any of them differs.
fn date_on_record(form: &Form, name: &str) -> Option<String> {
    let parts = ["day", "month", "year"].map(|part| format!("{name}-{part}"));
    parts.iter().any(|part| form.on_record(part).is_some()).then(|| {
        let date = parts.iter().filter_map(|part| form.recorded(part)).collect::<Vec<_>>();
        if date.is_empty() { "nothing".to_owned() } else { date.join(" ") }
    })
}

/// A file to upload.
#[component]
pub(crate) fn FileInput(
    form: Form,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// The endings accepted, such as `.csv,.xlsx`.
    accept: &'static str,
) -> impl IntoView {
    let error = form.error(&name).map(str::to_owned);
    let invalid = error.is_some();
    let described = described_by(&name, hint.is_some(), invalid, false);
    let class = if invalid { "govuk-file-upload govuk-file-upload--error" } else { "govuk-file-upload" };
    view! {
        <div class=group_class(invalid)>
            <label class="govuk-label" for=name.clone()>{label}</label>
            {hint_line(&name, hint)}{error_line(&name, error)}
            <input class=class id=name.clone() name=name.clone() type="file" accept=accept aria-describedby=described/>
        </div>
    }
}

/// The button that sends the form.
#[component]
pub(crate) fn Button(
    #[prop(into)] text: String,
    /// `secondary`, `warning`.
    #[prop(optional)]
    variant: Option<&'static str>,
    /// The button's name and value, where a form has several.
    #[prop(optional)]
    name: Option<&'static str>,
    #[prop(optional, into)] value: Option<String>,
) -> impl IntoView {
    let class = variant.map_or("govuk-button".to_owned(), |v| format!("govuk-button govuk-button--{v}"));
    view! { <button type="submit" class=class name=name value=value>{text}</button> }
}

/// A value carried along unseen.
#[component]
pub(crate) fn Hidden(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}
