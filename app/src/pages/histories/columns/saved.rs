//! What a person says of a file's columns, years, programmes and provider, saved.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use records::histories::{self, About, Choice, Holds, OUT, Role, Understood};
use uuid::Uuid;

use super::{filled, named, page};
use crate::web::answer::Answer;
use crate::web::context::Context;
use crate::web::form::Form;

/// Columns that say which school it was.
const SCHOOLS: [Role; 5] = [Role::School, Role::AmSchool, Role::PmSchool, Role::Urn, Role::Dfe];

pub(in crate::pages::histories) async fn change(ctx: Context, Path(id): Path<Uuid>, mut form: Form) -> Answer {
    let import = histories::look(ctx.desk(), ctx.actor()?, id).await?;
    let understood = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
    let before = filled(&understood);
    let (moved, mut choices) = headings(&understood, &mut form, &before);
    let is_moved = |sheet: &str| moved.iter().any(|of| of == sheet);
    let mut set = |about: About, place: String, field: &str| {
        let value = form.get(field);
        if value != before.get(field) {
            choices.push(Choice { about, place, value: Some(value.to_owned()).filter(|v| !v.is_empty()) });
        }
    };
    for (at, table) in understood.tables.iter().enumerate() {
        let is_moved = is_moved(table.sheet.as_deref().unwrap_or_default());
        // Columns under other headings are not what they were.
        for (letters, _) in table.headings.iter().filter(|_| !is_moved) {
            set(About::Column, format!("{}\t{letters}", table.place), &format!("role-{at}-{letters}"));
        }
        set(About::Year, table.place.clone(), &format!("year-{at}"));
    }
    // Without a table there is nothing yet that could be of a programme.
    let is_asked = !understood.tables.is_empty();
    for (about, field) in
        [(About::Programme, "programme"), (About::Provider, "provider")].into_iter().filter(|_| is_asked)
    {
        set(about, String::new(), field);
    }
    for (at, topic) in understood.topics.iter().enumerate().filter(|(_, t)| !t.text.trim().is_empty()) {
        set(About::Programme, histories::topic_key(&topic.text), &format!("topic-{at}"));
    }
    if moved.is_empty() && understood.tables.is_empty() {
        form.refuse("skipped-0", "Type which row of the sheet is the headings, or 0 if none is");
    } else if moved.is_empty() {
        check(&understood, &mut form);
    } else if form.is_good() {
        histories::choose(&ctx.desk_for(&form), ctx.actor()?, id, &choices).await?;
        let notice = "The headings are in another row now. Check what its columns hold";
        return Ok(ctx.see_other_with(format!("/histories/{id}/columns"), notice));
    }
    if form.is_good() {
        histories::choose(&ctx.desk_for(&form), ctx.actor()?, id, &choices).await?;
        // What is read now may name what was given, which nobody was asked about yet.
        let now = histories::understand(ctx.desk(), ctx.actor()?, id).await?;
        let is_new = |topic: &&histories::Topic| {
            !topic.text.trim().is_empty() && !understood.topics.iter().any(|before| before.text == topic.text)
        };
        let new: Vec<String> =
            now.topics.iter().filter(is_new).map(|topic| format!("“{}”", topic.text.trim())).collect();
        if !new.is_empty() {
            let notice = format!("What was given is read now: {}. Say which programme each was", new.join(", "));
            return Ok(ctx.see_other_with(format!("/histories/{id}/columns"), &notice));
        }
        return Ok(ctx.see_other(format!("/histories/{id}")));
    }
    let earlier = histories::earlier(ctx.desk(), ctx.actor()?, id, &understood).await?;
    Ok(page(&ctx, &import, &understood, &earlier, form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// The sheets whose headings are said to be elsewhere, and what that changes: what was said of their columns goes.
fn headings(understood: &Understood, form: &mut Form, before: &Form) -> (Vec<String>, Vec<Choice>) {
    let tables = understood.tables.iter().enumerate().filter(|(_, table)| table.is_first());
    let tables = tables.map(|(at, table)| {
        let of_sheet = understood.tables.iter().filter(|other| other.sheet == table.sheet);
        let last_row = of_sheet.map(|table| table.last_row).max().unwrap_or_default();
        (format!("headings-{at}"), table.sheet.clone(), last_row)
    });
    let skipped = understood.skipped.iter().enumerate();
    let skipped = skipped.map(|(at, skipped)| (format!("skipped-{at}"), skipped.sheet.clone(), skipped.last_row));
    let (mut moved, mut choices) = (Vec::new(), Vec::new());
    for (field, sheet, last_row) in tables.chain(skipped) {
        if form.get(&field) == before.get(&field) {
            continue;
        }
        let named = sheet.clone().unwrap_or_else(|| "The file".to_owned());
        let row = form.number(&field, &format!("{named}: the row of the headings"), 0, last_row.into());
        let sheet = sheet.unwrap_or_default();
        let value = row.map_or_else(|| OUT.to_owned(), |row| row.to_string());
        choices.push(Choice::new(About::Headings, &sheet, value));
        let of_sheet = understood.tables.iter().filter(|table| table.sheet.as_deref().unwrap_or_default() == sheet);
        let places: Vec<&str> = of_sheet.map(|table| table.place.as_str()).collect();
        let of_columns = understood.choices.of(About::Column).map(|(place, _)| place);
        let its_own = of_columns.filter(|place| place.split('\t').next().is_some_and(|of| places.contains(&of)));
        choices.extend(its_own.map(|place| Choice { about: About::Column, place: place.to_owned(), value: None }));
        moved.push(sheet);
    }
    (moved, choices)
}

/// A table has a date and a school, and no two columns are the same thing.
fn check(understood: &Understood, form: &mut Form) {
    for (at, table) in understood.tables.iter().enumerate() {
        let field = |letters: &str| format!("role-{at}-{letters}");
        let sheet = named(table);
        let chosen: Vec<(String, String)> =
            table.headings.iter().map(|(letters, _)| (field(letters), form.get(&field(letters)).to_owned())).collect();
        let first = chosen.first().map(|(field, _)| field.clone()).unwrap_or_default();
        let has = |role: Role| chosen.iter().any(|(_, value)| value == role.as_str());
        let (dated, named) = (has(Role::Date), SCHOOLS.into_iter().any(has));
        if !dated {
            form.refuse(first.clone(), format!("{sheet}: say which column holds the date"));
        }
        if !named {
            form.refuse(first, format!("{sheet}: say which column holds the school"));
        }
        // Where another column holds how many came, these numbers are not.
        let counts = |value: &str| Role::named(value).is_some_and(|role| role.is_count() || role == Role::Part);
        let is_counted = chosen.iter().any(|(_, value)| counts(value));
        // The same of year groups.
        let has_years = [Role::Years, Role::AmYears, Role::PmYears].into_iter().any(has);
        let is_settled = |holds: Holds| match holds {
            Holds::Numbers => is_counted,
            Holds::Years => has_years,
            _ => false,
        };
        for open in table.open.iter().filter(|open| !is_settled(open.holds)) {
            if form.get(&field(&open.letters)).is_empty() {
                let column = format!("{sheet}, column {}", open.letters);
                form.refuse(field(&open.letters), format!("{column}: choose what it holds"));
            }
        }
        let is_one =
            |value: &str| !value.is_empty() && value != OUT && !Role::named(value).is_some_and(Role::is_several);
        for (n, (field, value)) in chosen.iter().enumerate().filter(|(_, (_, value))| is_one(value)) {
            if chosen[..n].iter().any(|(_, other)| other == value) {
                let what = Role::named(value).map_or("This", Role::label);
                form.refuse(field.clone(), format!("{sheet}: two columns are “{what}”. Choose one of them"));
            }
        }
    }
    if !understood.programmes.is_empty() && form.get("programme").is_empty() {
        let open = |(at, topic): (usize, &histories::Topic)| {
            let by_name = understood.programmes.iter().any(|p| histories::is_called(&p.name, &topic.text));
            form.get(&format!("topic-{at}")).is_empty() && !by_name
        };
        if understood.topics.iter().enumerate().any(open) {
            form.refuse("programme", "Choose the programme these sessions were of");
        }
    }
    if !understood.providers.is_empty() && form.get("provider").is_empty() {
        form.refuse("provider", "Choose who delivered these sessions");
    }
}
