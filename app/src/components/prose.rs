//! Longer texts that people wrote.

use leptos::prelude::*;

/// A text as it was typed: a blank line begins a new paragraph, a line break stays one.
#[component]
pub(crate) fn Prose(#[prop(into)] text: String) -> impl IntoView {
    paragraphs(&text)
        .into_iter()
        .map(|lines| {
            let lines = lines
                .into_iter()
                .enumerate()
                .map(|(i, line)| view! { {(i > 0).then(|| view! { <br/> })}{line} })
                .collect_view();
            view! { <p class="govuk-body">{lines}</p> }
        })
        .collect_view()
}

/// An email address that breaks where its parts meet, rather than in the middle of a word.
pub(crate) fn address(text: &str) -> impl IntoView + use<> {
    let parts = text.split_inclusive(['@', '.', '_', '-']).map(str::to_owned);
    view! { <span class="app-break-parts">{parts.map(|part| view! { {part}<wbr/> }).collect_view()}</span> }
}

/// The lines of each paragraph.
fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let mut paragraphs: Vec<Vec<String>> = vec![Vec::new()];
    for line in text.lines().map(str::trim_end) {
        match (line.is_empty(), paragraphs.last_mut()) {
            (false, Some(last)) => last.push(line.to_owned()),
            _ => paragraphs.push(Vec::new()),
        }
    }
    paragraphs.retain(|lines| !lines.is_empty());
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_line_begins_a_paragraph() {
        assert_eq!(
            paragraphs("Dear parent,\r\n\r\n\r\nwe come\r\non Monday. "),
            [vec!["Dear parent,".to_owned()], vec!["we come".to_owned(), "on Monday.".to_owned()]]
        );
        assert!(paragraphs(" \n\n").is_empty());
    }
}
