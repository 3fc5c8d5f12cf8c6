//! What in one authority's list speaks for a school of another, so that a person is asked.

use super::elsewhere;
use super::lexicon::{self, Class};
use super::reading::Query;
use super::register::Register;
use super::weigh::{Agreement, Weighed};

impl Register {
    /// Whether what was typed and the school's name has not is a name that schools elsewhere have. In the list of the whole
    /// country they are all there to be compared.
    pub(super) fn may_be_abroad(&self, query: &Query, first: &Weighed) -> bool {
        let facts = &first.facts;
        if self.is_whole_country() || facts.town == Agreement::Same || facts.postcode == Agreement::Near {
            return false;
        }
        self.is_spelt_as_one_abroad(query, first)
            || self.is_of_another_trust(query, first)
            || self.stands_with_another_place(query, first)
            || self.is_placed_by_authority(query, first)
            || is_set_apart_alone(query, first)
    }

    /// Whether a word that schools elsewhere have in their names was read as another, mistyped, or as an old name's.
    fn is_spelt_as_one_abroad(&self, query: &Query, first: &Weighed) -> bool {
        let old = self.names[first.name as usize].old.is_some();
        let read = if old { first.read } else { first.slipped };
        query.abroad & read != 0
    }

    /// Whether a trust that gives its schools its name stands before a name that has it not: "Outwood Grange Academy".
    fn is_of_another_trust(&self, query: &Query, first: &Weighed) -> bool {
        let own = query.words(|at| query.classes[at] == Class::Own);
        let begin = (first.read & own).trailing_zeros() as usize;
        let Some(part) = query.tokens.get(begin).map(|token| token.part) else { return false };
        let left = |at: &usize| (first.read | query.asides | query.trust_words) & (1 << at) == 0;
        (0..begin).filter(left).any(|at| query.tokens[at].part == part && lexicon::is_brand(&query.tokens[at].text))
    }

    /// Whether a place elsewhere has a part of the text to itself, or shares it with no word of the name: "…, Preston".
    fn stands_with_another_place(&self, query: &Query, first: &Weighed) -> bool {
        let school = &self.schools[first.school as usize];
        let own = query.words(|at| query.classes[at] == Class::Own);
        let own = own & !(first.read | query.asides | query.trust_words | query.of_place);
        let places = query.words(|at| {
            let token = &query.tokens[at];
            let known = query.ids[at];
            lexicon::is_of_place(&token.text)
                && !(token.initials || lexicon::is_note(&token.text) || lexicon::is_trust(&token.text))
                && !lexicon::sets_apart(&token.text)
                && query.trust_parts & (1_u64 << u32::from(token.part).min(63)) == 0
                && !known.is_some_and(|id| school.places.contains(&id) || school.former.contains(&id))
        });
        (0..query.tokens.len()).map(|at| query.part(at)).any(|part| part & first.read == 0 && part & own & places != 0)
    }

    /// Whether a name that many towns have, of which a part was typed, is placed in the authority's own town and the school
    /// is in another: "Sacred Heart Bradford" is hardly the one in Ilkley.
    fn is_placed_by_authority(&self, query: &Query, first: &Weighed) -> bool {
        let school = &self.schools[first.school as usize];
        let is_town = self.gazetteer.has_town(&school.authority);
        let left = |at: usize| first.read & (1 << at) == 0;
        let of_authority = |at: usize| left(at) && school.authority.contains(&query.tokens[at].text);
        let words = || 0..query.tokens.len();
        let read = words().filter(|at| !left(*at) && query.classes[*at] == Class::Own);
        first.facts.left_out > 0
            && !query.says_school
            && is_town
            && !school.town.is_empty()
            && !school.town.iter().any(|word| school.authority.contains(word))
            && words().any(of_authority)
            && elsewhere::cost_anywhere(read.map(|at| &query.tokens[at])) < elsewhere::A_NAME_ANYWHERE
    }
}

/// Whether what was read of a longer name is only such words as set names apart: "School for Girls", "Hill Primary".
fn is_set_apart_alone(query: &Query, first: &Weighed) -> bool {
    let own = query.words(|at| query.classes[at] == Class::Own) & first.read;
    let telling = query.words(|at| !lexicon::sets_apart(&query.tokens[at].text));
    first.facts.own_left_out > 0 && own != 0 && own & telling == 0
}
